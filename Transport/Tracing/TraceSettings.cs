namespace ActorStack.Transport.Tracing;

/// <summary>The place and the size of event traces.</summary>
/// <param name="Directory">The directory of the traces, which is made where it is missing. A trace is <c>ID.jsonl</c>
/// in it.</param>
public sealed record TraceSettings(string Directory)
{
    /// <summary>Bytes of one trace at most; events beyond are left out.</summary>
    public long MaximumBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Services whose connections are traced from their SYN on.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The path of the trace of the connection of this name.</summary>
    public string PathOf(string id) => Path.Combine(Directory, $"{id}.jsonl");
}
