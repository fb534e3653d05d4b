using System.Buffers.Binary;
using System.Text;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// Divides the flows among the nodes. A flow belongs to one of 256 slots, and two nodes hold each slot: those with the highest
/// hash of node and slot (rendezvous hashing). A change of membership therefore moves only the slots of the node that came or
/// went. All nodes with the same members have the same table.
/// </summary>
internal sealed class SlotTable
{
    public const int Count = 256;

    private const int Copies = 2;
    private const int FlowLength = 2 * (16 + sizeof(ushort));

    private readonly string[][] _holders = new string[Count][];

    public SlotTable(IReadOnlyCollection<string> nodes)
    {
        var seeds = nodes.Order(StringComparer.Ordinal).Select(node => (Node: node, Seed: Seed(node))).ToArray();
        for (var slot = 0; slot < Count; slot++)
        {
            var at = (ulong)slot;
            _holders[slot] =
                [.. seeds.OrderByDescending(node => Mix(node.Seed ^ Mix(at + 1))).Take(Copies).Select(node => node.Node)];
        }
    }

    /// <summary>The slot of a flow, the same on every node.</summary>
    public static int SlotOf(in FlowKey flow)
    {
        Span<byte> bytes = stackalloc byte[FlowLength];
        bytes.Clear();
        Append(bytes, flow.Local);
        Append(bytes[(FlowLength / 2)..], flow.Remote);
        var crc = new Crc32C();
        crc.Append(bytes);
        return (int)(crc.Value % Count);
    }

    /// <summary>The nodes that hold a slot: two, or one where the cluster has one node.</summary>
    public IReadOnlyList<string> HoldersOf(int slot) => _holders[slot];

    public bool Holds(string node, int slot) => Array.IndexOf(_holders[slot], node) >= 0;

    private static void Append(Span<byte> destination, in TcpEndpoint endpoint)
    {
        endpoint.Address.Write(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[16..], endpoint.Port);
    }

    /// <summary>FNV-1a, which unlike the hash of a string is the same in every process.</summary>
    private static ulong Seed(string node)
    {
        var hash = 0xCBF2_9CE4_8422_2325;
        foreach (var single in Encoding.UTF8.GetBytes(node)) hash = unchecked((hash ^ single) * 0x100_0000_01B3);
        return hash;
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ value >> 30) * 0xBF58_476D_1CE4_E5B9;
            value = (value ^ value >> 27) * 0x94D0_49BB_1331_11EB;
            return value ^ value >> 31;
        }
    }
}
