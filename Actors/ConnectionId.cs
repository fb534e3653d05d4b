using System.Globalization;

namespace ActorStack.Actors;

/// <summary>
/// The name of a connection over its whole life, unique over nodes and restarts: <c>node-incarnation-number</c>, or
/// <c>incarnation-number</c> where the stack has no node name.
/// </summary>
/// <remarks>The struct keeps the text and reads the parts from it: the text is needed all the time, the parts seldom.</remarks>
public readonly record struct ConnectionId
{
    /// <summary>
    /// Wraps the id of an earlier connection, or an id that a person typed. Any text is accepted; a lookup of an unknown id
    /// finds no connection.
    /// </summary>
    public ConnectionId(string value) => Value = value;

    /// <param name="node">The node that opened the connection; empty where the node has no name. See
    /// <see cref="NodeName"/>.</param>
    /// <param name="incarnation">The number of the node's start, counted from 1.</param>
    /// <param name="number">The number of the connection within that start, counted from 1.</param>
    public ConnectionId(string node, long incarnation, long number)
        : this(string.Create(CultureInfo.InvariantCulture, $"{Prefix(node, incarnation)}{number}"))
    {
    }

    /// <summary>The whole id as people read and type it.</summary>
    public string Value { get; }

    /// <summary>The node that opened the connection; empty where the node has no name.</summary>
    public string Node => Parse().Node;

    /// <summary>The number of the node's start; 0 where the text is not a valid id.</summary>
    public long Incarnation => Parse().Incarnation;

    /// <summary>The number of the connection within that start; 0 where the text is not a valid id.</summary>
    public long Number => Parse().Number;

    /// <summary>The prefix that the ids of all connections of one start share.</summary>
    public static string Prefix(string node, long incarnation) =>
        string.Create(CultureInfo.InvariantCulture, $"{node}{(node.Length > 0 ? "-" : "")}{incarnation}-");

    /// <summary>Adds <paramref name="node"/> to an id that leaves the node out; returns a whole id unchanged.</summary>
    public ConnectionId On(string node) =>
        Node.Length == 0 && node.Length > 0 && Number > 0 ? new(node, Incarnation, Number) : this;

    /// <summary>Returns the whole id.</summary>
    public override string ToString() => Value;

    private (string Node, long Incarnation, long Number) Parse()
    {
        if (Value?.LastIndexOf('-') is not (> 0 and var last) || !TryRead(Value.AsSpan(last + 1), out var number))
            return ("", 0, 0);
        var before = Value.LastIndexOf('-', last - 1);
        return TryRead(Value.AsSpan(before + 1, last - before - 1), out var incarnation)
            ? (before > 0 ? Value[..before] : "", incarnation, number)
            : ("", 0, 0);
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
