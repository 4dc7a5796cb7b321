namespace Harbor.Modules.Projects;

/// <summary>Pieces of SQL about projects. In each, <c>project</c> is the project's row.</summary>
internal static class ProjectSql
{
    public const string IsPublic =
        "EXISTS (SELECT 1 FROM project_metadata m WHERE m.project_id = project.id AND m.name = 'public' AND m.value = 'true')";
}
