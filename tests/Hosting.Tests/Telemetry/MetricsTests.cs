using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests.Telemetry;

public sealed class MetricsTests
{
    [Fact]
    public async Task Connections_traffic_and_moves_are_measured_with_their_units()
    {
        await using var host = await MemoryHost.StartAsync(stack =>
            stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port));
        using var meter = new Recorder(host.Services.GetRequiredService<IMeterFactory>());
        var client = await host.ConnectAsync();
        await client.Output.WriteAsync(new byte[1_000], Patience.Token());
        await client.Input.ReadAtLeastAsync(1_000, Patience.Token());
        var id = Assert.Single(await host.Stack.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        await meter.UntilAsync("actorstack.connections", "software", 1);
        await meter.UntilAsync("actorstack.network.io", "receive", 1_000);
        Assert.Equal("{connection}", meter.UnitOf("actorstack.connections"));
        Assert.Equal("By", meter.UnitOf("actorstack.network.io"));
        Assert.True(meter.Read("actorstack.limit.max", "connections") > 0);
        Assert.True(meter.Read("actorstack.memory.limit", "memory") > 0);

        await host.Stack.OffloadAsync(id, "toe", Patience.Token());
        await meter.UntilAsync("actorstack.connections", "toe", 1);
        await host.Stack.UploadAsync(id, Patience.Token());
        Assert.Equal(1, meter.Read("actorstack.migrations", "offload,Completed"));
        Assert.Equal(1, meter.Read("actorstack.migrations", "upload,Completed"));
        Assert.InRange(meter.Read("actorstack.migration.blackout", "offload,Completed")!.Value, double.Epsilon, 60);
        Assert.Equal("s", meter.UnitOf("actorstack.migration.blackout"));
    }

    [Fact]
    public async Task Every_instrument_has_a_name_of_the_project_a_unit_and_a_text()
    {
        await using var host = await MemoryHost.StartAsync(_ => { });
        using var meter = new Recorder(host.Services.GetRequiredService<IMeterFactory>());
        Assert.All(meter.Instruments, instrument =>
        {
            Assert.Matches("^actorstack(\\.[a-z_]+)+$", instrument.Name);
            Assert.Matches("^(By|s|\\{[a-z]+\\})$", instrument.Unit);
            Assert.EndsWith(".", instrument.Description);
        });
        Assert.True(meter.Instruments.Count > 15);
    }

    /// <summary>Keeps the last value of each instrument and set of tags of one host.</summary>
    private sealed class Recorder : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<(string Instrument, string Tags), double> _values = new();
        private readonly ConcurrentDictionary<string, Instrument> _instruments = new();

        public Recorder(IMeterFactory factory)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name != ActorStackTelemetry.MeterName || instrument.Meter.Scope != factory) return;
                _instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _listener.Start();
        }

        public ICollection<Instrument> Instruments => _instruments.Values;

        public string? UnitOf(string instrument) => _instruments[instrument].Unit;

        public double? Read(string instrument, string tags)
        {
            _listener.RecordObservableInstruments();
            return _values.TryGetValue((instrument, tags), out var value) ? value : null;
        }

        public async Task UntilAsync(string instrument, string tags, double value)
        {
            var patience = Patience.Token();
            while (Read(instrument, tags) != value)
            {
                Assert.False(patience.IsCancellationRequested, $"{instrument} {tags} is {Read(instrument, tags)}, not {value}");
                await Task.Delay(10);
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = (instrument.Name, string.Join(',', tags.ToArray().Select(tag => tag.Value)));
            _values[key] = instrument is Counter<long> ? _values.GetValueOrDefault(key) + value : value;
        }
    }
}
