using ActorStack.Actors.Cluster;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>
/// Every message between nodes with its manifest. A changed message gets a new manifest with the next version, and the old one
/// stays readable as long as neighbouring builds write it: a line here never changes.
/// </summary>
internal static class NodeMessageCodec
{
    /// <summary>The most bytes of one message: the payload of the largest queues with room for the record.</summary>
    public const int MaximumLength = 64 << 20;

    /// <summary>What the manifests of messages between nodes begin with, those of later builds too.</summary>
    private static readonly string[] Families = ["handoff-", "node-", "flow-"];

    private static readonly NodeMessageFormat[] Formats =
    [
        .. HandoffFormats.All,
        .. NodeFormats.All,
        .. FlowFormats.All,
        .. QueryFormats.All,
        .. TimeWaitFormats.All,
        .. LocalFormats.All,
    ];

    private static readonly Dictionary<Type, NodeMessageFormat> ByType = Formats.ToDictionary(format => format.Type);

    private static readonly Dictionary<string, NodeMessageFormat> ByManifest = Formats.ToDictionary(format => format.Manifest);

    /// <summary>Tells whether a manifest names a message between nodes, which this build need not know.</summary>
    public static bool IsNodeMessage(string manifest) =>
        Families.Any(family => manifest.StartsWith(family, StringComparison.Ordinal));

    public static bool IsKnown(string manifest) => ByManifest.ContainsKey(manifest);

    public static string Manifest(NodeMessage message) => Of(message).Manifest;

    /// <summary>The bytes that a message takes.</summary>
    public static int Length(NodeMessage message) => Of(message).Length(message);

    public static byte[] Write(NodeMessage message)
    {
        var bytes = new byte[Length(message)];
        Write(message, bytes);
        return bytes;
    }

    /// <summary>Writes a message into <paramref name="destination"/>, which has its <see cref="Length"/>.</summary>
    public static void Write(NodeMessage message, Span<byte> destination) => Of(message).Write(message, destination);

    /// <summary>Reads a message; throws only <see cref="FormatException"/>, for every invalid input.</summary>
    public static NodeMessage Read(string manifest, ReadOnlySpan<byte> bytes)
    {
        if (!ByManifest.TryGetValue(manifest, out var format))
            throw new FormatException("this build does not know the message");
        return bytes.Length <= MaximumLength
            ? format.Read(bytes)
            : throw new FormatException($"{bytes.Length} bytes are more than the {MaximumLength} of the largest message");
    }

    private static NodeMessageFormat Of(NodeMessage message) => ByType.TryGetValue(message.GetType(), out var format)
        ? format
        : throw new InvalidOperationException($"{message.GetType()} is a {nameof(NodeMessage)} without a format");
}
