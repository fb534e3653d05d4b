// An echo service whose metrics and traces go to a collector of OpenTelemetry. Run it as root, or with CAP_NET_ADMIN, e.g. with
//   OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
//   --ActorStack:Tun=as0 --ActorStack:Addresses:0=10.9.0.1/32
// The variables are those of OpenTelemetry; OTEL_METRIC_EXPORT_INTERVAL is the time between two exports in milliseconds.
using ActorStack.Hosting;
using ActorStack.Hosting.Services;
using ActorStack.Samples.OpenTelemetry;
using Microsoft.Extensions.Hosting;

const int EchoPort = 7;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddActorStack().AddConnectionHandler<EchoHandler>("echo", EchoPort);
builder.Services.AddTelemetryExport();
return await builder.Build().RunToExitCodeAsync();
