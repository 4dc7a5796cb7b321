using Harbor.Load.Measure;
using Harbor.Load.Registry;

namespace Harbor.Load.Scenarios;

/// <summary>A kind of load that can be put on a registry.</summary>
internal interface IScenario
{
    string Name { get; }

    /// <summary>One line for the reader of a report.</summary>
    string Summary { get; }

    /// <summary>How many clients work at a time, unless the caller says otherwise.</summary>
    int Connections { get; }

    /// <summary>Whether it fills the server's disk.</summary>
    bool Stores { get; }

    /// <summary>Puts on the server what the load needs, unless it is there already. Not timed.</summary>
    /// <returns>Makes the client of a number, from 0 to below <paramref name="connections"/>.</returns>
    Func<int, IClient> Prepare(Target target, int connections);
}

/// <summary>One of the clients that work at a time. Each has a thread of its own.</summary>
internal interface IClient : IDisposable
{
    /// <summary>Does one operation and times it; what must be made for it is made before the clock runs.</summary>
    Sample Operate();
}
