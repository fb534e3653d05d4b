using System.Buffers;
using System.Text.Json;
using ActorStack.Tests.Common;
using ActorStack.Actors.Serialization;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Tests.Serialization;

public sealed class GoldenRecordTests
{
    private static readonly HyperionStateCodec Codec = HyperionStateCodec.Instance;

    public GoldenRecordTests()
    {
        if (GoldenRecords.IsWriting) GoldenRecords.WriteMissing();
    }

    public static TheoryData<string> Names() => [.. GoldenRecords.Names];

    [Fact]
    public void Every_version_has_records_of_the_same_connections()
    {
        var kinds = GoldenRecords.Names.ToLookup(name => name[..1], name => name[2..]);
        Assert.Equal(Enumerable.Range(1, HyperionStateCodec.Version).Select(version => version.ToString()),
            kinds.Select(kind => kind.Key));
        Assert.All(kinds, kind => Assert.Equal(kinds["1"], kind));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_golden_record_is_read_as_ever(string name)
    {
        var decoded = Codec.Decode(GoldenRecords.Record(name));

        Assert.Empty(decoded.Ledger.Entries);
        var image = new ConnectionImage(decoded.State, PayloadOf(name, decoded));
        var read = JsonSerializer.SerializeToElement(image, SequenceConverter.Options);
        Assert.Empty(Differences("", GoldenRecords.Expected(name), read));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_connection_goes_on_with_a_golden_record(string name)
    {
        if (name.EndsWith("distinct", StringComparison.Ordinal)) return; // no connection has such a record
        var decoded = Codec.Decode(GoldenRecords.Record(name));
        var now = TimeSpan.FromHours(1);
        var image = new ConnectionImage(decoded.State, PayloadOf(name, decoded));
        var send = new SimulatedSendQueue(16_000);
        send.Write(image.Payload.Send.ToArray());
        if (image.State.Send.FinQueued) send.Complete();
        var connection = TcpConnection.Import(image, TcpSettings.Default, send, new SimulatedReceiveQueue(32_000), now);

        var after = connection.Export(ExportScope.Whole, now)
            .OwnedBy(decoded.State.Identity.ConnectionId, decoded.State.Identity.Epoch);
        var expected = decoded.State with { Buffers = after.Buffers }; // these are of the queues, which are new
        if (!expected.RoundTrip.HasRtt) expected = expected with { RoundTrip = after.RoundTrip }; // nothing is measured yet
        Assert.Equal(DistinctState.Show(expected), DistinctState.Show(after));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_section_of_this_version_is_written_as_ever(string name)
    {
        if (name[0] - '0' != HyperionStateCodec.Version) return; // a version before is not written any more
        var golden = GoldenRecords.Record(name);
        var written = RecordBytes.Sections(Codec.Encode(Codec.Decode(golden).State))
            .ToDictionary(section => (section.Key, section.Generation));

        Assert.All(RecordBytes.Sections(golden), section =>
        {
            var now = written[(section.Key, section.Generation)];
            Assert.Equal((section.Layout, section.IsRequired), (now.Layout, now.IsRequired));
            Assert.Equal(Convert.ToHexString(section.Blob.Span), Convert.ToHexString(now.Blob.Span));
        });
    }

    private static ConnectionPayload PayloadOf(string name, DecodedRecord decoded)
    {
        if (decoded.Payload is not null) return decoded.Payload;
        var chunks = GoldenRecords.Chunks(name);
        if (chunks.Count == 0) return ConnectionPayload.None;
        var assembly = new PayloadAssembly(decoded.State.Identity.ConnectionId, decoded.State.Identity.Epoch);
        foreach (var chunk in chunks) assembly.Add(chunk);
        return assembly.Complete(decoded.State);
    }

    /// <summary>
    /// What <paramref name="expected"/> names and <paramref name="actual"/> has otherwise: a later build may have more.
    /// </summary>
    private static IEnumerable<string> Differences(string path, JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind is not JsonValueKind.Object)
            return JsonElement.DeepEquals(expected, actual) ? [] : [$"{path}: {expected} expected, {actual} read"];
        return expected.EnumerateObject().SelectMany(member => actual.TryGetProperty(member.Name, out var value)
            ? Differences($"{path}.{member.Name}", member.Value, value)
            : [$"{path}.{member.Name} is gone"]);
    }
}
