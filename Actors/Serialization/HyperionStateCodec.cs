using ActorStack.Actors.Serialization.Legacy;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// Turns the record of a connection into the bytes that engines, journals and other nodes get: an envelope with a table of
/// sections (<see cref="SectionTable"/>). A build reads the records of the previous and of the next build: it keeps an unknown
/// section out and gives a missing one its default, and notes both in the ledger. A decoded record has also passed
/// <see cref="RecordCheck"/>, so that a stack can import it.
/// </summary>
public sealed class HyperionStateCodec : IStateCodec
{
    /// <summary>The schema version that is written: a table of sections.</summary>
    internal const ushort Version = 2;

    private const ushort FlatVersion = 1;

    private static readonly HyperionFormat Flat = new(FlatVersion, [typeof(FlatRecord1), typeof(TcpState)], [typeof(byte[][])]);

    private readonly IReadOnlyList<StateSection> _sections;

    /// <param name="sections">The sections that this build knows.</param>
    internal HyperionStateCodec(IReadOnlyList<StateSection> sections) => _sections = sections;

    /// <summary>The codec with all the sections that this build knows.</summary>
    public static HyperionStateCodec Instance { get; } = new(StateSections.All);

    /// <inheritdoc/>
    public byte[] Encode(TcpConnectionState state)
    {
        using var stream = new MemoryStream();
        stream.SetLength(Envelope.HeaderLength);
        stream.Position = Envelope.HeaderLength;
        SectionTable.WriteCount(stream, _sections.Count);
        foreach (var section in _sections) section.Write(state, stream);
        var bytes = stream.ToArray();
        new Envelope(Version, state.Identity.Epoch, Layout: 0).Seal(bytes); // each section has a layout of its own
        return bytes;
    }

    /// <inheritdoc/>
    public DecodedRecord Decode(ReadOnlyMemory<byte> bytes)
    {
        var envelope = Envelope.Open(bytes.Span);
        var decoded = envelope switch
        {
            { Version: FlatVersion } => DecodeFlat(bytes),
            { Version: Version, Layout: 0 } => DecodeSections(SectionTable.Read(bytes[Envelope.HeaderLength..])),
            { Version: Version } =>
                throw new FormatException($"the envelope of a record of sections has layout {envelope.Layout:X8}, not 0"),
            _ => throw new FormatException($"schema version is {envelope.Version}, this build reads {FlatVersion} and {Version}"),
        };
        var epoch = decoded.State.Identity.Epoch;
        if (epoch != envelope.Epoch) throw new FormatException($"the envelope's epoch is {envelope.Epoch}, the record's {epoch}");
        RecordCheck.Check(decoded.State);
        return decoded;
    }

    private static DecodedRecord DecodeFlat(ReadOnlyMemory<byte> bytes)
    {
        var record = (FlatRecord1)Flat.Read(bytes, out _);
        if (record.Version != FlatVersion)
            throw new FormatException($"the envelope's version is {FlatVersion}, the record's {record.Version}");
        var (state, payload) = record.ToImage();
        return new DecodedRecord(state, payload, FidelityLedger.Exact);
    }

    private DecodedRecord DecodeSections(IReadOnlyList<RecordSection> written)
    {
        var state = new TcpConnectionState();
        var ledger = FidelityLedger.Exact;
        var missing = _sections.ToDictionary(section => (section.Key, section.Generation));
        foreach (var section in written)
        {
            if (missing.Remove((section.Key, section.Generation), out var known))
                state = known.Read(state, section);
            else if (section.IsRequired)
                throw new FormatException($"{section} is required, and this build does not know it: it is older than the writer");
            else
                ledger = ledger.With(section.Name, Fidelity.Lost, "this build does not know the section; it is kept out");
        }

        foreach (var section in missing.Values)
        {
            if (section.IsRequired) throw new FormatException($"{section} is missing, and a connection needs it");
            ledger = ledger.With(section.Name, Fidelity.Lost, "the writer did not know the section; it has its default");
        }

        return new DecodedRecord(state, Payload: null, ledger);
    }
}
