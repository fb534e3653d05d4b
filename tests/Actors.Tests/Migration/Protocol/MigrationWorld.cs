using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>
/// Everything that a migration can meet: the protocol's state, the software stack, the engine's handles, the journal and what is
/// under way between them. A value: equal worlds go on alike, so each is explored once.
/// </summary>
internal sealed record MigrationWorld
{
    private const int MostHandles = 4;
    private const int BitsPerHandle = 16;

    private readonly ulong _engines;

    public MigrationState State { get; init; } = new MigrationState.Software(0);

    public SoftwareStep Software { get; init; }

    public int Handles { get; init; }

    /// <summary>Bit <c>n</c>: the claim of epoch <c>n</c> was sent to the journal.</summary>
    public uint Claimed { get; init; }

    /// <summary>Bit <c>n</c>: the protocol was told that the claim of epoch <c>n</c> is in the journal.</summary>
    public uint Persisted { get; init; }

    /// <summary>Bit <c>n</c>: the move of epoch <c>n</c> is over.</summary>
    public uint Concluded { get; init; }

    /// <summary>The protocol was told that another owner has the connection.</summary>
    public bool IsFenced { get; init; }

    /// <summary>Arriving segments are held.</summary>
    public bool IsHolding { get; init; }

    public bool IsLimitArmed { get; init; }

    public OpenCall Call { get; init; }

    public int Emitters => (Software is SoftwareStep.Running ? 1 : 0) + AllHandles.Count(handle => this[handle].Emits);

    public IEnumerable<EngineHandle> AllHandles => Enumerable.Range(1, Handles).Select(number => new EngineHandle(number));

    public EngineModel this[EngineHandle handle]
    {
        get
        {
            var packed = (ushort)(_engines >> Shift(handle));
            return new EngineModel((EngineStep)(packed >> 8), (EngineTold)(packed & 0xFF));
        }
    }

    public static bool Has(uint set, long epoch) => (set & (1u << (int)epoch)) != 0;

    public static uint With(uint set, long epoch) => set | (1u << (int)epoch);

    public MigrationWorld With(EngineHandle handle, EngineModel engine)
    {
        var packed = (ulong)(((ushort)engine.Step << 8) | (ushort)engine.Told);
        return new MigrationWorld(this, (_engines & ~((ulong)ushort.MaxValue << Shift(handle))) | (packed << Shift(handle)));
    }

    public MigrationWorld()
    {
    }

    private MigrationWorld(MigrationWorld other, ulong engines)
        : this(other) => _engines = engines;

    private static int Shift(EngineHandle handle) => handle.Value is >= 1 and <= MostHandles
        ? ((int)handle.Value - 1) * BitsPerHandle
        : throw new ArgumentOutOfRangeException(nameof(handle));
}
