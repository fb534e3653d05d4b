using ActorStack.Actors.Cluster;
using ActorStack.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorStack.Hosting.Tests.Telemetry;

public sealed class HealthTests
{
    [Fact]
    public async Task A_stack_that_serves_is_healthy_and_one_that_has_stopped_is_not()
    {
        await using var host = await StartAsync();
        Assert.Equal((HealthStatus.Healthy, "0 connections"), await CheckAsync(host.Services));
        await host.StopAsync();
        Assert.Equal((HealthStatus.Unhealthy, "The stack is not running."), await CheckAsync(host.Services));
    }

    [Fact]
    public async Task A_lost_device_is_named()
    {
        MortalLink? link = null;
        await using var host = await MemoryHost.StartAsync(
            stack => stack.Services.AddHealthChecks().AddActorStack(), wrap: wire => link = new MortalLink(wire));
        link!.Die();
        var patience = Patience.Token();
        (HealthStatus Status, string? Reason) health;
        while ((health = await CheckAsync(host.Services)).Reason != $"The device is lost: {MortalLink.LastWords}")
        {
            Assert.False(patience.IsCancellationRequested, $"{health}");
            await Task.Yield();
        }

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        await Assert.ThrowsAsync<StackFailedException>(host.StopAsync);
    }

    [Theory]
    [InlineData("up", null, false, HealthStatus.Healthy, "0 connections")]
    [InlineData("up", "No space left on device. Free space.", false, HealthStatus.Unhealthy, "No space left on device")]
    [InlineData("up", null, true, HealthStatus.Degraded, "drains or stops")]
    [InlineData("leaving", null, false, HealthStatus.Degraded, "drains or stops")]
    [InlineData("down", null, true, HealthStatus.Unhealthy, "it is down")]
    public async Task What_is_wrong_is_the_description(
        string status, string? journal, bool isLeaving, HealthStatus health, string reason)
    {
        var stack = new FakeStack { Nodes = [new NodeSnapshot("a", 1, "10.1.0.2:4053", status, 0, IsSelf: true)] };
        stack.Statistics = stack.Statistics with { JournalProblem = journal, IsLeaving = isLeaving };
        var services = new ServiceCollection().AddLogging().AddSingleton<IActorStack>(stack);
        services.AddHealthChecks().AddActorStack();
        await using var provider = services.BuildServiceProvider();
        var found = await CheckAsync(provider);
        Assert.Equal(health, found.Status);
        Assert.Contains(reason, found.Reason);
    }

    private static Task<MemoryHost> StartAsync() =>
        MemoryHost.StartAsync(stack => stack.Services.AddHealthChecks().AddActorStack());

    private static async Task<(HealthStatus Status, string? Reason)> CheckAsync(IServiceProvider services)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Patience.Token());
        var entry = Assert.Single(report.Entries);
        return (entry.Value.Status, entry.Value.Description);
    }
}
