using System.Net;
using System.Security.Cryptography;
using ActorStack.Hosting.Control;
using ActorStack.Hosting.TakeOver;
using ActorStack.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Dashboard;

/// <summary>
/// Serves the dashboard on an address of the host, apart from any web server of the application. Where another process has the
/// address because this one takes it over, the address is tried again until it is free.
/// </summary>
internal sealed class DashboardService(
    DashboardEndpoint endpoint, TakeOverService takeOver, IActorStack stack, MigrationFeed migrations, ILoggerFactory loggers,
    ILogger<DashboardService> logger)
    : IHostedService, IAsyncDisposable
{
    private const int TokenBytes = 16;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _application;
    private Task _waiting = Task.CompletedTask;

    /// <summary>The address of the page, with the secret for its actions.</summary>
    public string Url { get; private set; } = "";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (endpoint.Options.AllowActions)
        {
            if (!IPAddress.IsLoopback(endpoint.EndPoint.Address))
            {
                throw new StackStartException(
                    $"The dashboard moves connections, and everybody who listens on the way to {endpoint.EndPoint} could too.",
                    "Give it a loopback address and reach it over SSH, or map it in an application with authorization.");
            }

            endpoint.Options.ActionToken = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        }

        try
        {
            await ServeAsync(cancellationToken);
        }
        catch (IOException) when (takeOver.HasPredecessor)
        {
            logger.DashboardWaits(endpoint.EndPoint);
            _waiting = ServeLaterAsync();
        }
        catch (IOException error)
        {
            throw new StackStartException(
                $"The dashboard cannot listen on {endpoint.EndPoint}: {error.Message}", "Give it another address.", error);
        }

        var address = _application?.Urls.First() ?? $"http://{endpoint.EndPoint}";
        Url = endpoint.Options.ActionToken is { } token ? $"{address}/#{token}" : $"{address}/";
        logger.DashboardServed(Url);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _waiting;
        if (_application is { } application) await application.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _waiting;
        if (_application is { } application) await application.DisposeAsync();
        _application = null;
    }

    private async Task ServeLaterAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Retry, _stopping.Token);
                await ServeAsync(_stopping.Token);
                return;
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // The predecessor still has the address, or this process stops.
            }
        }
    }

    private async Task ServeAsync(CancellationToken cancellation)
    {
        var builder = SideServer.CreateBuilder(stack, loggers);
        builder.Services.AddSingleton(migrations);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(endpoint.EndPoint));
        var application = builder.Build();
        application.UseControlRefusals();
        application.Use(RefuseNamesAsync);
        application.MapActorStackDashboard("", options =>
        {
            options.AllowActions = endpoint.Options.AllowActions;
            options.ActionToken = endpoint.Options.ActionToken;
        });
        try
        {
            await application.StartAsync(cancellation);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        _application = application;
    }

    /// <summary>
    /// Refuses requests to names other than localhost. The owner of another name can let it lead to this host, and then read the
    /// dashboard with the script of a page of that name.
    /// </summary>
    private static Task RefuseNamesAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host.Host;
        if (host == "localhost" || IPAddress.TryParse(host, out _)) return next(context);
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    }
}
