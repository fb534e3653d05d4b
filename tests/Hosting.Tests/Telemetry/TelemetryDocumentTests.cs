using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text;
using ActorStack.Hosting.Telemetry;
using ActorStack.Hosting.Tests.Documents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Tests.Telemetry;

/// <summary><c>ACTORSTACK_GOLDEN=write</c> writes the tables anew.</summary>
public sealed class TelemetryDocumentTests
{
    private const string File = "Hosting/Telemetry/README.md";
    private const string End = "<!-- -->\n";

    private static IEnumerable<LoggerMessageAttribute> Messages =>
        typeof(HostLog).GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>();

    [Fact]
    public void Every_message_of_the_log_has_an_id_of_its_own() =>
        Assert.Equal(Messages.Count(), Messages.DistinctBy(message => message.EventId).Count());

    [Fact]
    public void The_document_lists_every_message_of_the_log()
    {
        var table = new StringBuilder("| id | level | message |\n| --- | --- | --- |\n");
        foreach (var message in Messages.OrderBy(message => message.EventId))
        {
            var level = message.Level is LogLevel.None ? "the actor's" : message.Level.ToString();
            table.Append($"| {message.EventId} | {level} | {message.Message} |\n");
        }

        GeneratedPart.Check(File, "<!-- made from HostLog by TelemetryDocumentTests -->\n", End, table.ToString());
    }

    [Fact]
    public void The_document_lists_every_instrument()
    {
        var instruments = new List<Instrument>();
        using var services = new ServiceCollection().AddMetrics().AddSingleton<StackMetrics>().BuildServiceProvider();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == services.GetRequiredService<IMeterFactory>()) instruments.Add(instrument);
        };
        services.GetRequiredService<StackMetrics>();
        listener.Start();
        var table = new StringBuilder("| instrument | kind | unit | meaning |\n| --- | --- | --- | --- |\n");
        foreach (var one in instruments.OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            var kind = one.GetType().Name.Split('`')[0].Replace("Observable", "", StringComparison.Ordinal);
            table.Append($"| `{one.Name}` | {kind} | `{one.Unit}` | {one.Description} |\n");
        }

        GeneratedPart.Check(File, "<!-- made from StackMetrics by TelemetryDocumentTests -->\n", End, table.ToString());
    }
}
