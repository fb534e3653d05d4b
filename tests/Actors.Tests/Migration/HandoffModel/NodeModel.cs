using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>A node of the model with what it has of the connection. A value.</summary>
/// <param name="State">The state of the protocol of the connection's actor; null: there is no actor.</param>
/// <param name="Copy">What the stack has of the connection.</param>
internal sealed record NodeModel(MigrationState? State, StackCopy Copy)
{
    public static NodeModel Empty { get; } = new(null, StackCopy.None);

    /// <summary>What the node remembers of the connection without an actor; null: nothing.</summary>
    public HandoffVerdict? Verdict { get; init; }

    /// <summary>The connection came from another node.</summary>
    public bool HasArrived { get; init; }

    /// <summary>The process runs.</summary>
    public bool IsUp { get; init; } = true;

    public bool HasLease { get; init; } = true;

    /// <summary>The cluster has removed the node, perhaps unknown to the node itself.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Bit <c>n</c>: the node was told that node <c>n</c> is no member any more.</summary>
    public byte Told { get; init; }

    public bool IsLimitArmed { get; init; }

    public bool IsDehydrating { get; init; }

    /// <summary>Bit <c>n</c>: the store has not answered the claim of epoch <c>n</c>.</summary>
    public uint OpenClaims { get; init; }

    /// <summary>Bit <c>n</c>: the claim of epoch <c>n</c> is the node's.</summary>
    public uint Claimed { get; init; }

    /// <summary>Bit <c>n</c>: the node emitted, or could emit, at epoch <c>n</c>.</summary>
    public uint Owned { get; init; }

    /// <summary>Bit <c>n</c>: the node said that it does not have epoch <c>n</c> and never will.</summary>
    public uint SaidRefused { get; init; }

    /// <summary>A member that can still have the connection.</summary>
    public bool IsLive => IsUp && !IsRemoved;

    public bool Emits => IsUp && HasLease && Copy is StackCopy.Running;

    public long Epoch => State?.Epoch ?? 0;

    public IEnumerable<long> AllOpenClaims
    {
        get
        {
            for (var epoch = 0L; OpenClaims >> (int)epoch != 0; epoch++)
            {
                if (Has(OpenClaims, epoch)) yield return epoch;
            }
        }
    }

    /// <summary>The node after the answer to a claim.</summary>
    public NodeModel Answer(long epoch) => this with { OpenClaims = OpenClaims & ~Bit(epoch) };

    public bool Knows(int node) => (Told & (1 << node)) != 0;

    public static bool Has(uint set, long epoch) => (set & Bit(epoch)) != 0;

    public static uint Bit(long epoch) => epoch is >= 0 and < 32
        ? 1u << (int)epoch
        : throw new ArgumentOutOfRangeException(nameof(epoch), epoch, "the model has epochs up to 31");
}
