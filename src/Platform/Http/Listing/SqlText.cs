using System.Globalization;
using System.Text;
using Harbor.Platform.Data;
using Npgsql;

namespace Harbor.Platform.Http.Listing;

/// <summary>A statement in the making: fixed text, and values that become parameters.</summary>
public sealed class SqlText
{
    private readonly StringBuilder text = new();
    private readonly List<object?> values = [];

    public SqlText()
    {
    }

    public SqlText(string sql)
    {
        text.Append(sql);
    }

    public SqlText Append(string sql)
    {
        text.Append(sql);
        return this;
    }

    /// <summary>Adds a value; in the text stands its number, <c>$1</c> for the first.</summary>
    public SqlText Parameter(object? value)
    {
        values.Add(value);
        text.Append(CultureInfo.InvariantCulture, $"${values.Count}");
        return this;
    }

    /// <summary>Adds LIMIT and OFFSET.</summary>
    public SqlText AppendPage(PageRequest page)
    {
        if (page.IsLimited)
        {
            Append(" LIMIT ").Parameter(page.Size);
        }

        return page.Offset > 0 ? Append(" OFFSET ").Parameter(page.Offset) : this;
    }

    public NpgsqlCommand ToCommand(Database database)
    {
        var command = database.Command(text.ToString());
        command.Parameters.AddPositional(values.ToArray());
        return command;
    }
}
