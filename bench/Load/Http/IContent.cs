namespace Harbor.Load.Http;

/// <summary>A request body that is sent without ever being in memory as a whole.</summary>
internal interface IContent
{
    long Length { get; }

    void SendTo(BodySink send);
}
