using System.Runtime.CompilerServices;
using Harbor.Modules.Audit;
using Harbor.Modules.Retention;
using Harbor.Platform.Events;
using Xunit;

namespace Harbor.Unit.Audit;

public sealed class AuditListenerTests
{
    // Told for other reasons than the audit log: of what retention deletes, each artifact has its own record.
    private static readonly Type[] Unrecorded = [typeof(RetentionApplied)];

    private static readonly List<Type> Events =
        [.. typeof(AuditListener).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IDomainEvent)))];

    private static readonly AuditListener Listener = new(null!);

    [Fact]
    public void Every_event_of_the_product_is_recorded()
    {
        Assert.NotEmpty(Events);
        var wanted = Listener.Wants.Select(type => type.Kind).Order(StringComparer.Ordinal);
        Assert.Equal(Events.Except(Unrecorded).Select(Kind).Order(StringComparer.Ordinal), wanted);
        foreach (var type in Events.Except(Unrecorded))
        {
            var record = AuditListener.Record(new Happened(DateTimeOffset.UnixEpoch, RuntimeHelpers.GetUninitializedObject(type)));
            Assert.True(record is { Succeeded: true, Operation.Length: > 0, ResourceType.Length: > 0, Description.Length: > 0 }, type.Name);
            Assert.Equal(DateTimeOffset.UnixEpoch, record.At);
        }
    }

    [Fact]
    public void Every_kind_is_one_event_s_alone_and_names_the_resource_and_what_happened_to_it()
    {
        Assert.Equal(Events.Count, Events.Select(Kind).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Events, type => Assert.Matches("^[a-z]+\\.[a-z-]+$", Kind(type)));
    }

    [Fact]
    public void Every_event_survives_its_way_through_the_database()
    {
        foreach (var wanted in Listener.Wants)
        {
            Assert.NotNull(wanted.Read("{}"));
        }
    }

    private static string Kind(Type type) => (string)type.GetProperty("Kind")!.GetValue(null)!;
}
