using System.Globalization;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Options;

/// <summary>The local ports of connections that a service opens, as options write them: <c>32768-60999</c>.</summary>
internal static class EphemeralPortRange
{
    public const string WhatToDo = "Write the first and the last, as in 32768-60999.";

    public static bool IsValid(string text) => TryParse(text, out _);

    /// <exception cref="FormatException">It is no range of ports.</exception>
    public static PortRange Parse(string text) =>
        TryParse(text, out var range) ? range : throw new FormatException($"'{text}' is no range of ports. {WhatToDo}");

    private static bool TryParse(string text, out PortRange range)
    {
        range = default;
        if (text.Split('-') is not [var first, var last]) return false;
        if (!TryParsePort(first, out var low) || !TryParsePort(last, out var high)) return false;
        range = new PortRange(low, high);
        return low > 0 && low <= high;
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
