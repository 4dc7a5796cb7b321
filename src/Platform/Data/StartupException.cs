namespace Harbor.Platform.Data;

/// <summary>The server cannot start, and the operator can do something about it: the message says what is wrong and what to do.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
