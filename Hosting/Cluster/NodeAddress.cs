using System.Globalization;

namespace ActorStack.Hosting.Cluster;

/// <summary>The address of a node as options write it: <c>HOST:PORT</c>.</summary>
internal readonly record struct NodeAddress(string Host, int Port)
{
    public const string WhatToDo = "Write HOST:PORT, as in 10.1.0.2:4053.";

    public static bool IsHost(string text) => Uri.CheckHostName(text) is not UriHostNameType.Unknown;

    public static bool TryParse(string text, out NodeAddress address)
    {
        var colon = text.LastIndexOf(':');
        address = default;
        if (colon < 0 || !IsHost(text[..colon])) return false;
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        address = new NodeAddress(text[..colon], port);
        return true;
    }

    /// <exception cref="FormatException">The text is no address of a node.</exception>
    public static NodeAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is no address of a node. {WhatToDo}");
}
