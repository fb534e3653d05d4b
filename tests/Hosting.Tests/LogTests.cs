using ActorStack.Hosting.Tests.Support;
using ActorStack.Transport.Links;
using Akka.Actor;
using Akka.Event;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Tests;

/// <summary>An error stands in the host's log once, and so does its stack.</summary>
public sealed class LogTests
{
    private const string Cause = "on purpose";

    [Fact]
    public async Task An_exception_of_a_handler_is_logged_once_with_its_stack_once()
    {
        var log = new LogRecorder();
        await using (var host = await StartAsync(log))
        {
            var client = await host.ConnectAsync();
            await Assert.ThrowsAnyAsync<Exception>(async () => await client.Input.ReadAtLeastAsync(1, Patience.Token()));
            await log.FindAsync(Cause, Patience.Token());
        }

        AssertOnce(log, "The application of connection ");
    }

    [Fact]
    public async Task A_link_that_fails_at_its_end_is_logged_once_with_its_stack_once()
    {
        var log = new LogRecorder();
        await using (await StartAsync(log, services =>
        {
            var wire = (ILink)services.Single(service => service.ServiceType == typeof(ILink)).ImplementationInstance!;
            services.RemoveAll<ILink>().AddSingleton<ILink>(new FailingLink(wire, Cause));
        }))
        {
        }

        AssertOnce(log, "Closing failing failed");
    }

    [Fact]
    public async Task An_actor_that_fails_is_logged_once_with_its_stack_once()
    {
        var log = new LogRecorder();
        await using (var host = await StartAsync(log))
        {
            host.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Create<FailingActor>()).Tell("fail");
            await log.FindAsync(Cause, Patience.Token());
        }

        AssertOnce(log, Cause);
    }

    [Fact]
    public async Task What_does_not_fit_its_format_is_logged_all_the_same()
    {
        var log = new LogRecorder();
        await using var host = await StartAsync(log);
        Logging.GetLogger(host.Services.GetRequiredService<ActorSystem>(), "test").Warning("{0} and {1}", "unfit");
        Assert.NotEmpty(await log.FindAsync("unfit", Patience.Token()));
    }

    private static void AssertOnce(LogRecorder log, string message)
    {
        var entry = Assert.Single(log.Find(Cause));
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Error, entry.Level);
        Assert.Contains(message, entry.Message);
        Assert.DoesNotContain("   at ", entry.Message);
        Assert.Contains("   at ", entry.Error!.ToString());
    }

    private static Task<MemoryHost> StartAsync(LogRecorder log, Action<IServiceCollection>? configure = null) =>
        MemoryHost.StartAsync(stack =>
        {
            stack.Services.AddSingleton<ILoggerProvider>(log);
            stack.AddConnectionHandler<FailingHandler>("failing", MemoryHost.Port);
            configure?.Invoke(stack.Services);
        });

    private sealed class FailingHandler : ConnectionHandler
    {
        public override Task OnConnectedAsync(ConnectionContext connection) =>
            throw new InvalidOperationException(Cause);
    }

    private sealed class FailingActor : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException(Cause);
    }
}
