namespace ActorStack.Samples.SharedLog;

/// <summary>A message in the log.</summary>
/// <param name="Number">Its number: larger than that of every message that was readable before.</param>
/// <param name="Subject">What it belongs to, such as a room or a topic.</param>
/// <param name="Body">Its content, in a format of the application.</param>
public sealed record LogEntry(long Number, string Subject, byte[] Body);
