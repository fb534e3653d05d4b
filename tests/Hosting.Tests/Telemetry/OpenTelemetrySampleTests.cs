using System.Collections.Concurrent;
using System.Text;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Samples.OpenTelemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Tests.Telemetry;

/// <summary>The sample's export, to a collector of the test.</summary>
public sealed class OpenTelemetrySampleTests
{
    [Fact]
    public async Task A_collector_gets_the_metrics_and_the_moves()
    {
        await using var collector = await Collector.StartAsync();
        await using (var host = await MemoryHost.StartAsync(stack =>
        {
            stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port);
            stack.Services.Replace(ServiceDescriptor.Singleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
                    ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                    ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                }).Build()));
            stack.Services.AddTelemetryExport();
        }))
        {
            await host.ConnectAsync();
            var id = Assert.Single(await host.Stack.ListConnectionsAsync(ended: false, Patience.Token())).Id;
            await host.Stack.OffloadAsync(id, "toe", Patience.Token());
            await collector.UntilAsync("/v1/metrics", "actorstack.connections");
            await collector.UntilAsync("/v1/metrics", "actorstack.migration.blackout");
            await collector.UntilAsync("/v1/traces", id);
            await collector.UntilAsync("/v1/traces", "Freeze");
        }
    }

    /// <summary>Keeps what exporters send. The texts in their messages are plain.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Text)> _received = new();
        private readonly WebApplication _application;

        private Collector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            _application = builder.Build();
            _application.Urls.Add("http://127.0.0.1:0");
            _application.MapPost("/{**path}", async (HttpRequest request) =>
            {
                using var body = new StreamReader(request.Body, Encoding.Latin1);
                _received.Enqueue((request.Path, await body.ReadToEndAsync()));
            });
        }

        public string Url => _application.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector._application.StartAsync(Patience.Token());
            return collector;
        }

        public async Task UntilAsync(string path, string text)
        {
            var patience = Patience.Token();
            while (!_received.Any(one => one.Path == path && one.Text.Contains(text)))
            {
                Assert.False(patience.IsCancellationRequested, $"nothing with {text} came to {path}");
                await Task.Yield();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _application.StopAsync(Patience.Token());
            await _application.DisposeAsync();
        }
    }
}
