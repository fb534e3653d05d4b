namespace ActorStack.CommandLine.Lab;

/// <summary>The last lines that a process printed on its standard output and its standard error.</summary>
internal sealed class OutputTail
{
    private const int MostLines = 40;
    private const int LongestLine = 500;

    private readonly Queue<string> _lines = new();

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    /// <param name="line">The line; null: the end of a stream.</param>
    public void Add(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            _lines.Enqueue(line.Length > LongestLine ? $"{line.AsSpan(0, LongestLine)}..." : line);
            if (_lines.Count > MostLines) _lines.Dequeue();
        }
    }

    public override string ToString()
    {
        lock (_lines)
        {
            if (_lines.Count == 0) return "It said nothing.";
            return string.Join(Environment.NewLine + "  ", _lines.Prepend("It said at the end:"));
        }
    }
}
