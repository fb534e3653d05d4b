using System.Globalization;

namespace ActorStack.Actors;

/// <summary>
/// The name of a connection over its whole life, unique over nodes and restarts: <c>node-incarnation-number</c>, or
/// <c>incarnation-number</c> where the stack has no node name.
/// </summary>
/// <remarks>The text is kept and its parts are read from it, because a connection needs the text all its life and the parts seldom.</remarks>
public readonly record struct ConnectionId
{
    /// <summary>A name of an earlier connection, or one that a person typed. Any text is taken; one that names nothing is found nowhere.</summary>
    public ConnectionId(string value) => Value = value;

    /// <param name="node">The node that the connection was opened on; empty: it has no name. See <see cref="NodeName"/>.</param>
    /// <param name="incarnation">The start of that node, 1 or more.</param>
    /// <param name="number">Counts the connections of that start from 1.</param>
    public ConnectionId(string node, long incarnation, long number)
        : this(string.Create(CultureInfo.InvariantCulture, $"{Prefix(node, incarnation)}{number}"))
    {
    }

    /// <summary>The whole name as people read and type it.</summary>
    public string Value { get; }

    /// <summary>The node that the connection was opened on; empty where it has no name.</summary>
    public string Node => Parse().Node;

    /// <summary>The start of that node; 0 where the text is no name of a connection.</summary>
    public long Incarnation => Parse().Incarnation;

    /// <summary>The number of the connection in that start; 0 where the text is no name of a connection.</summary>
    public long Number => Parse().Number;

    /// <summary>With what the names of all connections of one start begin.</summary>
    public static string Prefix(string node, long incarnation) =>
        string.Create(CultureInfo.InvariantCulture, $"{node}{(node.Length > 0 ? "-" : "")}{incarnation}-");

    /// <summary>A short name, which leaves the node out, is of a connection of <paramref name="node"/>; a whole one stays.</summary>
    public ConnectionId On(string node) => Node.Length == 0 && node.Length > 0 && Number > 0 ? new(node, Incarnation, Number) : this;

    /// <summary>The whole name.</summary>
    public override string ToString() => Value;

    private (string Node, long Incarnation, long Number) Parse()
    {
        if (Value?.LastIndexOf('-') is not (> 0 and var last) || !TryRead(Value.AsSpan(last + 1), out var number)) return ("", 0, 0);
        var before = Value.LastIndexOf('-', last - 1);
        return TryRead(Value.AsSpan(before + 1, last - before - 1), out var incarnation)
            ? (before > 0 ? Value[..before] : "", incarnation, number)
            : ("", 0, 0);
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
