using System.Diagnostics;
using System.Diagnostics.Metrics;
using ActorStack.Actors;
using ActorStack.Actors.Migration;

namespace ActorStack.Hosting.Telemetry;

/// <summary>
/// The instruments of the meter, named after the conventions of OpenTelemetry. They read the last sample of the statistics, so
/// that an observation costs nothing on the way of a segment. Only moves are recorded one by one.
/// </summary>
internal sealed class StackMetrics
{
    private const string Direction = "network.io.direction";

    private readonly Counter<long> _migrations;
    private readonly Histogram<double> _blackout;
    private readonly List<Instrument> _observed = [];
    private volatile StackSample? _sample;

    public StackMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(ActorStackTelemetry.MeterName);
        _migrations = meter.CreateCounter<long>(
            "actorstack.migrations", "{migration}", "Moves of connections that have ended, by kind and outcome.");
        _blackout = meter.CreateHistogram(
            "actorstack.migration.blackout", "s", "Time of a move in which no stack answered the peer.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
            });
        AddConnections(meter);
        AddTraffic(meter);
        AddLimits(meter);
        Gauge(
            meter, "actorstack.cluster.nodes", "{node}", "Nodes of the cluster as this one sees them, by status.",
            sample => sample.Nodes.CountBy(node => node.Status)
                .Select(pair => One(pair.Value, "actorstack.node.status", pair.Key)));
        Counter(
            meter, "actorstack.host.changes", "{change}", "Parts of the set-up on the host that another program removed.",
            sample => sample.Statistics.HostChanges.Select(pair => One(pair.Value, "actorstack.host.change", pair.Key)));
    }

    /// <summary>Whether somebody observes an instrument that needs samples.</summary>
    public bool IsObserved => _observed.Any(instrument => instrument.Enabled);

    /// <summary>The last sample; null: the stack does not run, or nobody has observed.</summary>
    public StackSample? Sample
    {
        get => _sample;
        set => _sample = value;
    }

    /// <summary>Counts a move that has ended.</summary>
    public void Count(MigrationRecord record)
    {
        var tags = new TagList
        {
            { "actorstack.migration.kind", MigrationKindName.Of(record) },
            { "actorstack.migration.outcome", record.Outcome.ToString() },
        };
        _migrations.Add(1, tags);
        if (record.BlackoutMicroseconds > 0) _blackout.Record(record.BlackoutMicroseconds / 1e6, tags);
    }

    private void AddConnections(Meter meter)
    {
        Gauge(
            meter, "actorstack.connections", "{connection}", "Connections that are alive, by where they run.",
            sample => sample.Statistics.ByOwner.Select(pair => One(pair.Value, "actorstack.engine", pair.Key)));
        Counter(
            meter, "actorstack.connections.opened", "{connection}", "Connections that were established or came from a node.",
            sample => [new(sample.Statistics.Opened)]);
        Counter(
            meter, "actorstack.connections.closed", "{connection}", "Established connections that have ended.",
            sample => [new(sample.Statistics.Closed)]);
    }

    private void AddTraffic(Meter meter)
    {
        Counter(
            meter, "actorstack.network.io", "By", "Payload received in order, and payload that peers acknowledged.",
            sample => Both(sample.Statistics.BytesReceived, sample.Statistics.BytesSent));
        Counter(
            meter, "actorstack.tcp.segments", "{segment}", "Segments that the software stack received and sent.",
            sample => Both(sample.Statistics.SegmentsReceived, sample.Statistics.SegmentsSent));
        Counter(
            meter, "actorstack.tcp.retransmissions", "{segment}", "Segments that were sent again.",
            sample => [new(sample.Statistics.Tcp.GetValueOrDefault("RetransSegs"))]);
        Counter(
            meter, "actorstack.tcp.resets", "{segment}", "Segments with RST that were sent.",
            sample => [new(sample.Statistics.ResetsSent)]);
        Counter(
            meter, "actorstack.packets.dropped", "{packet}", "Packets dropped, by reason.",
            sample => sample.Statistics.Dropped.Select(pair => One(pair.Value, "actorstack.drop.reason", pair.Key)));
    }

    private void AddLimits(Meter meter)
    {
        const string Name = "actorstack.limit.name";
        Gauge(
            meter, "actorstack.limit.usage", "{connection}", "Connections that a limit counts.",
            sample => OfConnections(sample).Select(pair => One(pair.Value.Used, Name, pair.Key)));
        Gauge(
            meter, "actorstack.limit.max", "{connection}", "The limit itself.",
            sample => OfConnections(sample).Select(pair => One(pair.Value.Limit, Name, pair.Key)));
        Gauge(
            meter, "actorstack.memory.usage", "By", "Bytes in buffers (memory) and in fragments.",
            sample => OfBytes(sample).Select(pair => One(pair.Value.Used, Name, pair.Key)));
        Gauge(
            meter, "actorstack.memory.limit", "By", "The most bytes in buffers and in fragments.",
            sample => OfBytes(sample).Select(pair => One(pair.Value.Limit, Name, pair.Key)));
        Counter(
            meter, "actorstack.refusals", "{refusal}", "What was refused, dropped or answered with a cookie because of a limit.",
            sample => sample.Statistics.Limits.Select(pair => One(pair.Value.Met, Name, pair.Key)));
    }

    private static IEnumerable<KeyValuePair<string, LimitUse>> OfConnections(StackSample sample) =>
        sample.Statistics.Limits.Where(pair => !IsOfBytes(pair.Key));

    private static IEnumerable<KeyValuePair<string, LimitUse>> OfBytes(StackSample sample) =>
        sample.Statistics.Limits.Where(pair => IsOfBytes(pair.Key));

    private static bool IsOfBytes(string limit) => limit is "memory" or "fragments";

    private void Gauge(
        Meter meter, string name, string unit, string text, Func<StackSample, IEnumerable<Measurement<long>>> read) =>
        _observed.Add(meter.CreateObservableUpDownCounter(name, () => Read(read), unit, text));

    private void Counter(
        Meter meter, string name, string unit, string text, Func<StackSample, IEnumerable<Measurement<long>>> read) =>
        _observed.Add(meter.CreateObservableCounter(name, () => Read(read), unit, text));

    private IEnumerable<Measurement<long>> Read(Func<StackSample, IEnumerable<Measurement<long>>> read) =>
        Sample is { } sample ? read(sample) : [];

    private static Measurement<long>[] Both(long received, long sent) =>
        [One(received, Direction, "receive"), One(sent, Direction, "transmit")];

    private static Measurement<long> One(long value, string key, string tag) =>
        new(value, new KeyValuePair<string, object?>(key, tag));
}
