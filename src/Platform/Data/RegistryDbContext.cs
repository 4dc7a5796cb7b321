using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Harbor.Platform.Data;

/// <summary>The database for management queries in LINQ. Modules contribute their entities and use those alone, by <c>Set&lt;T&gt;()</c>.</summary>
/// <remarks>
/// Reads are not tracked. Writes go through <see cref="Database.TransactAsync{T}"/>, where locks, notifications and repetition are;
/// the schema is the numbered SQL files', and a test compares this model with it.
/// </remarks>
public sealed class RegistryDbContext : DbContext
{
    public RegistryDbContext(DbContextOptions<RegistryDbContext> options)
        : base(options)
    {
        // A savepoint per SaveChanges costs two round trips and helps nobody: a failed transaction is repeated whole.
        Database.AutoSavepointsEnabled = false;
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var assembly in this.GetService<EntityAssemblies>().Assemblies)
        {
            modelBuilder.ApplyConfigurationsFromAssembly(assembly);
        }

        SnakeCaseNames.Apply(modelBuilder.Model);
    }
}
