using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Harbor.Modules.Projects;

internal sealed class ProjectEntity
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public long OwnerId { get; set; }

    public bool Deleted { get; set; }

    public DateTimeOffset CreationTime { get; set; }

    public DateTimeOffset UpdateTime { get; set; }

    public ProjectOwnerEntity? Owner { get; set; }

    public List<ProjectMetadataEntity> Metadata { get; } = [];
}

internal sealed class ProjectMetadataEntity
{
    public long ProjectId { get; set; }

    public required string Name { get; set; }

    public required string Value { get; set; }
}

/// <summary>The name of a user who owns a project. Users themselves are another module's.</summary>
internal sealed class ProjectOwnerEntity
{
    public long Id { get; set; }

    public required string Username { get; set; }
}

internal sealed class CveAllowlistEntity
{
    public long ProjectId { get; set; }

    public long? ExpiresAt { get; set; }

    public required string Items { get; set; }

    public DateTimeOffset CreationTime { get; set; }

    public DateTimeOffset UpdateTime { get; set; }
}

internal sealed class ProjectMapping :
    IEntityTypeConfiguration<ProjectEntity>,
    IEntityTypeConfiguration<ProjectMetadataEntity>,
    IEntityTypeConfiguration<ProjectOwnerEntity>,
    IEntityTypeConfiguration<CveAllowlistEntity>
{
    public void Configure(EntityTypeBuilder<ProjectEntity> builder)
    {
        builder.ToTable("project");
        builder.HasOne(project => project.Owner).WithMany().HasForeignKey(project => project.OwnerId);
        builder.HasMany(project => project.Metadata).WithOne().HasForeignKey(metadata => metadata.ProjectId);
    }

    public void Configure(EntityTypeBuilder<ProjectMetadataEntity> builder)
    {
        builder.ToTable("project_metadata");
        builder.HasKey(metadata => new { metadata.ProjectId, metadata.Name });
    }

    // As a view: it is read here, and never written.
    public void Configure(EntityTypeBuilder<ProjectOwnerEntity> builder) => builder.ToView("harbor_user");

    public void Configure(EntityTypeBuilder<CveAllowlistEntity> builder)
    {
        builder.ToTable("cve_allowlist");
        builder.HasKey(allowlist => allowlist.ProjectId);
        builder.Property(allowlist => allowlist.ProjectId).ValueGeneratedNever();
        builder.Property(allowlist => allowlist.Items).HasColumnType("jsonb");
    }
}
