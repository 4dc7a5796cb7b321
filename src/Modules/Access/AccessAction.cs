namespace Harbor.Modules.Access;

/// <summary>What may be done to a resource. The text is Harbor's, as it stands in robot permissions and on the wire.</summary>
public readonly record struct AccessAction(string Text)
{
    public static readonly AccessAction Create = new("create");
    public static readonly AccessAction Read = new("read");
    public static readonly AccessAction Update = new("update");
    public static readonly AccessAction Delete = new("delete");
    public static readonly AccessAction List = new("list");
    public static readonly AccessAction Push = new("push");
    public static readonly AccessAction Pull = new("pull");
    public static readonly AccessAction Stop = new("stop");
    public static readonly AccessAction Operate = new("operate");

    /// <summary>Pull past the policies that block it; for the short-lived robots that scanners get, never for people.</summary>
    public static readonly AccessAction ScannerPull = new("scanner-pull");

    public override string ToString() => Text;
}
