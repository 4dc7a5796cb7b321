using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Harbor.Unit.Http;

/// <summary>The same language, compiled for EF and for SQL; neither touches a database here.</summary>
public sealed class ColumnsTests : IDisposable
{
    private static readonly SqlColumns Sql = new(
        ("name", ColumnKind.Text, "t.name"), ("thing_id", ColumnKind.Number, "t.id"), ("made", ColumnKind.Time, "t.made"), ("open", ColumnKind.Flag, "t.open"));

    private static readonly EntityColumns<Thing> Entity = new EntityColumns<Thing>()
        .Text("name", thing => thing.Name).Number("thing_id", thing => thing.Id).Time("made", thing => thing.Made).Flag("open", thing => thing.Open);

    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create("Host=nowhere.invalid");
    private readonly Things db = new();

    [Theory]
    [InlineData("name=a", " AND t.name = $1", "a")]
    [InlineData("name=~10%_\\", " AND (t.name)::text ILIKE $1", @"%10\%\_\\%")]
    [InlineData("thing_id=~7", " AND (t.id)::text ILIKE $1", "%7%")]
    [InlineData("name={a b}", " AND t.name = ANY($1)", "String[]")]
    [InlineData("ThingID=[1~5]", " AND t.id >= $1 AND t.id <= $2", "1|5")]
    [InlineData("thing_id=[~5]", " AND t.id <= $1", "5")]
    [InlineData("thing_id__gt=5", " AND t.id > $1", "5")]
    [InlineData("open=true", " AND t.open = $1", "True")]
    [InlineData("unknown=1,name=a", " AND t.name = $1", "a")]
    [InlineData("name=(a b)", "", "")]
    [InlineData("name='; DROP TABLE project; --", " AND t.name = $1", "'; DROP TABLE project; --")]
    [InlineData("name'; DROP TABLE project; --=x", "", "")]
    public void Sql_holds_placeholders_and_the_values_are_parameters(string q, string expected, string values)
    {
        var sql = new SqlText();
        Sql.AppendFilter(sql, FilterParser.Parse(q));
        using var command = sql.ToCommand(new Database(source, NullLogger<Database>.Instance));

        Assert.Equal(expected, command.CommandText);
        Assert.Equal(values, string.Join('|', command.Parameters.Select(parameter => parameter.Value is Array list ? list.GetType().Name : $"{parameter.Value}")));
    }

    [Theory]
    [InlineData("name=a'b", "t.name = @")]
    [InlineData("name=~a", "t.name ILIKE @p ESCAPE '\\'")]
    [InlineData("thing_id=~7", "t.thing_id::text ILIKE @")]
    [InlineData("thing_id={1 2}", "t.thing_id = @")]
    [InlineData("ThingID=[1~5]", "t.thing_id <= @")]
    [InlineData("name__gte=b", "t.name >= @")]
    [InlineData("made=[2024-05-01T00:00:00~]", "t.made >= @")]
    [InlineData("open=false", "WHERE ")]
    [InlineData("name={}", "WHERE FALSE")]
    public void Ef_translates_each_condition_and_keeps_its_values_out_of_the_text(string q, string expected)
    {
        var sql = Entity.Filter(db.Set<Thing>(), FilterParser.Parse(q)).ToQueryString();

        var statement = sql[sql.IndexOf("SELECT", StringComparison.Ordinal)..].Replace("\"", "", StringComparison.Ordinal);
        Assert.Contains(expected, statement, StringComparison.Ordinal);
        Assert.DoesNotContain("'", statement.Replace(@" ESCAPE '\'", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("thing_id=abc")]
    [InlineData("thing_id=9223372036854775808")]
    [InlineData("thing_id={1 x}")]
    [InlineData("thing_id=[a~b]")]
    [InlineData("made=yesterday")]
    [InlineData("made=~2024")]
    [InlineData("open=maybe")]
    [InlineData("open__gt=true")]
    public void A_value_of_the_wrong_type_is_a_bad_request(string q)
    {
        var filter = FilterParser.Parse(q);

        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => Sql.AppendFilter(new SqlText(), filter)).Code);
        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => Entity.Filter(db.Set<Thing>(), filter)).Code);
    }

    [Theory]
    [InlineData("-name,thing_id", "t.name DESC, t.id, t.id DESC", "t.name DESC, t.thing_id")]
    [InlineData("name; DROP TABLE project", "t.made DESC, t.id DESC", "t.made DESC, t.thing_id DESC")]
    [InlineData(null, "t.made DESC, t.id DESC", "t.made DESC, t.thing_id DESC")]
    public void Sorting_uses_known_keys_or_the_lists_own_order_and_breaks_ties(string? sort, string expectedSql, string expectedEf)
    {
        var sql = new SqlText();
        Sql.AppendSort(sql, SortQuery.Parse(sort), "t.made DESC", "t.id DESC");
        using var command = sql.ToCommand(new Database(source, NullLogger<Database>.Instance));
        var ef = Entity.Sort(db.Set<Thing>(), SortQuery.Parse(sort), [new SortKey("made", true)], new SortKey("thing_id", true)).ToQueryString();

        Assert.Equal($" ORDER BY {expectedSql}", command.CommandText);
        Assert.EndsWith($"ORDER BY {expectedEf}", ef.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        db.Dispose();
        source.Dispose();
    }

    public sealed class Thing
    {
        public long Id { get; set; }

        public string Name { get; set; } = string.Empty;

        public DateTimeOffset Made { get; set; }

        public bool Open { get; set; }
    }

    private sealed class Things : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql("Host=nowhere.invalid");

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Thing>().ToTable("thing").Property(thing => thing.Id).HasColumnName("thing_id");
            SnakeCaseNames.Apply(modelBuilder.Model);
        }
    }
}
