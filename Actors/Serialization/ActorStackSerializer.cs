using System.Runtime.Serialization;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Serialization.Messages;
using Akka.Actor;
using Akka.Serialization;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// Akka's serializer for every <see cref="IActorStackMessage"/>. The manifest names the type and its version. A changed type gets
/// a new version, and the old version stays readable as long as journals may hold it. A message of another node that cannot be
/// read becomes an <see cref="UnreadableMessage"/>, so that its receiver can refuse it by name; Akka itself would drop it.
/// </summary>
public sealed class ActorStackSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The serializer's id. Journals and messages contain it, so it never changes.</summary>
    public const int FixedIdentifier = 0x4153;

    private static readonly (string Manifest, Type Type)[] Types =
    [
        ("stack-started/1", typeof(StackEvents.Started)),
        ("connection-opened/1", typeof(ConnectionEvents.Opened)),
        ("connection-arrived/1", typeof(ConnectionEvents.Arrived)),
        ("connection-owner-claimed/1", typeof(ConnectionEvents.OwnerClaimed)),
        ("connection-owner-committed/1", typeof(ConnectionEvents.OwnerCommitted)),
        ("connection-owner-rolled-back/1", typeof(ConnectionEvents.OwnerRolledBack)),
        (ConnectionEvents.ClosedManifest, typeof(ConnectionEvents.Closed)),
    ];

    private static readonly Dictionary<Type, string> Manifests = Types.ToDictionary(entry => entry.Type, entry => entry.Manifest);

    private static readonly Dictionary<string, HyperionFormat> Formats =
        Types.ToDictionary(entry => entry.Manifest, entry => new HyperionFormat(1, [entry.Type], []));

    /// <inheritdoc/>
    public override int Identifier => FixedIdentifier;

    /// <inheritdoc/>
    public override string Manifest(object o)
    {
        if (o is NodeMessage message) return NodeMessageCodec.Manifest(message);
        return Manifests.TryGetValue(o.GetType(), out var manifest)
            ? manifest
            : throw new SerializationException($"{o.GetType()} is an {nameof(IActorStackMessage)} without a manifest");
    }

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        obj is NodeMessage message ? NodeMessageCodec.Write(message) : Formats[Manifest(obj)].Write(obj, epoch: 0);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        NodeMessageCodec.IsNodeMessage(manifest) ? ReadMessage(bytes, manifest) : ReadEvent(bytes, manifest);

    private static object ReadMessage(byte[] bytes, string manifest)
    {
        try
        {
            return NodeMessageCodec.Read(manifest, bytes);
        }
        catch (FormatException error)
        {
            return new UnreadableMessage(manifest, error.Message);
        }
    }

    private static object ReadEvent(byte[] bytes, string manifest)
    {
        if (!Formats.TryGetValue(manifest, out var format))
            throw new SerializationException($"unknown manifest '{manifest}': written by a newer version of ActorStack?");
        try
        {
            return format.Read(bytes, out _);
        }
        catch (FormatException error)
        {
            throw new SerializationException($"manifest '{manifest}': {error.Message}", error);
        }
    }
}
