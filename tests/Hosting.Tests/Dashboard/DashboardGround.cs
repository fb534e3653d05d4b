using System.Net.Http.Json;
using System.Text.Json;
using ActorStack.Actors.Migration;
using ActorStack.Hosting.Dashboard;
using ActorStack.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Tests.Dashboard;

/// <summary>An application on loopback that maps the dashboard of a stack, and a client of it.</summary>
internal sealed class DashboardGround : IAsyncDisposable
{
    private readonly WebApplication _application;

    private DashboardGround(WebApplication application) => _application = application;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>The address of the page.</summary>
    public Uri Url => new($"{_application.Urls.First()}/actorstack/");

    public MigrationFeed Moves => _application.Services.GetRequiredService<MigrationFeed>();

    public static async Task<DashboardGround> StartAsync(
        IActorStack stack, Action<DashboardOptions>? configure = null, Action<IServiceCollection>? services = null,
        Action<IEndpointConventionBuilder>? conventions = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMetrics().AddSingleton<StackMetrics>().AddSingleton<MigrationFeed>().AddSingleton(stack);
        services?.Invoke(builder.Services);
        var application = builder.Build();
        application.Urls.Add("http://127.0.0.1:0");
        var dashboard = application.MapActorStackDashboard(configure: configure);
        conventions?.Invoke(dashboard);
        var ground = new DashboardGround(application);
        await application.StartAsync(Patience.Token());
        ground.Client.BaseAddress = ground.Url;
        return ground;
    }

    public async Task<RowPage> RowsAsync(string query) =>
        (await Client.GetFromJsonAsync($"rows?{query}", DashboardJson.Default.RowPage, Patience.Token()))!;

    /// <summary>The events of the stream.</summary>
    public async IAsyncEnumerable<DashboardEvent> EventsAsync()
    {
        using var text = new StreamReader(await Client.GetStreamAsync("events", Patience.Token()));
        while (await text.ReadLineAsync(Patience.Token()) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                yield return JsonSerializer.Deserialize(line["data: ".Length..], DashboardJson.Default.DashboardEvent)!;
        }
    }

    public static MigrationRecord Move(string id) => new(
        id, 1, "software", "kernel", 1, "operator", MigrationOutcome.Completed, "", DateTimeOffset.UtcNow, 850, 0, 0, 0, []);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync(Patience.Token());
        await _application.DisposeAsync();
    }
}
