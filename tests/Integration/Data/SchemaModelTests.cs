using Harbor.Platform.Data;
using Harbor.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Data;

/// <summary>The schema is SQL and the model is C#: nothing but this test keeps the two alike.</summary>
public sealed class SchemaModelTests
{
    [Fact]
    public async Task Every_mapped_table_has_the_columns_and_the_key_that_the_model_says_and_no_others()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await using var scope = harbor.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDbContext>();
        var tables = AccessorExtensions.GetService<IDesignTimeModel>(db).Model.GetRelationalModel().Tables.ToList();

        Assert.NotEmpty(tables);
        foreach (var table in tables)
        {
            Assert.Equal(
                await ColumnsAsync(harbor, table.Name),
                table.Columns.OrderBy(column => column.Name, StringComparer.Ordinal).Select(column => $"{column.Name} {column.StoreType}{(column.IsNullable ? "" : " NOT NULL")}"));
            Assert.Equal(await KeyAsync(harbor, table.Name), table.PrimaryKey!.Columns.Select(column => column.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Every_column_of_a_mapped_view_is_there()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await using var scope = harbor.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDbContext>();
        var views = AccessorExtensions.GetService<IDesignTimeModel>(db).Model.GetRelationalModel().Views.ToList();

        Assert.NotEmpty(views);
        foreach (var view in views)
        {
            var actual = await ColumnsAsync(harbor, view.Name);
            Assert.All(view.Columns, column => Assert.Contains($"{column.Name} {column.StoreType}{(column.IsNullable ? "" : " NOT NULL")}", actual));
        }
    }

    [Fact]
    public async Task The_context_tracks_nothing_and_makes_no_savepoints()
    {
        await using var harbor = await TestHarbor.StartAsync();
        await using var scope = harbor.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDbContext>();

        Assert.False(db.Database.AutoSavepointsEnabled);
        Assert.Equal(QueryTrackingBehavior.NoTracking, db.ChangeTracker.QueryTrackingBehavior);
    }

    private static Task<List<string>> ColumnsAsync(TestHarbor harbor, string table) => ListAsync(harbor, $"""
        SELECT column_name COLLATE "C" || ' ' || format_type(a.atttypid, a.atttypmod) || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
        FROM information_schema.columns c JOIN pg_attribute a ON a.attrelid = '{table}'::regclass AND a.attname = c.column_name
        WHERE table_name = '{table}' AND table_schema = 'public' ORDER BY column_name COLLATE "C"
        """);

    private static Task<List<string>> KeyAsync(TestHarbor harbor, string table) => ListAsync(harbor, $"""
        SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
        WHERE i.indrelid = '{table}'::regclass AND i.indisprimary ORDER BY a.attname
        """);

    private static async Task<List<string>> ListAsync(TestHarbor harbor, string sql)
    {
        await using var command = harbor.Services.GetRequiredService<Database>().Command(sql);
        return await command.ListAsync(row => row.GetString(0), CancellationToken.None);
    }
}
