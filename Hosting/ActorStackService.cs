using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Hosting.Cluster;
using ActorStack.Hosting.Options;
using ActorStack.Hosting.Systemd;
using ActorStack.Hosting.TakeOver;
using ActorStack.Hosting.Telemetry;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Tcp.Options;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>
/// Runs the stack as long as the host runs: composes the stack, listens, and stops the stack before the host stops its other
/// services, or after them where <see cref="StopsLast"/> is registered.
/// </summary>
internal sealed partial class ActorStackService(
    ActorSystem system,
    IActorRegistry registry,
    StackComposer composer,
    ClusterStart cluster,
    TakeOverService takeOver,
    IEnumerable<ConnectionRegistration> registrations,
    IServiceProvider services,
    IOptions<HostOptions> host,
    IHostApplicationLifetime lifetime,
    ServiceManager systemd,
    MigrationFeed migrations,
    ILogger<ActorStackService> logger,
    StopsLast? stopsLast = null) : StackClient, IHostedLifecycleService, IStackStart, IAsyncDisposable
{
    /// <summary>The time that the stack needs after the drain limit to close its link and engines.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    /// <summary>The time that the host needs after the drain limit for everything else.</summary>
    private static readonly TimeSpan HostGrace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The limit for the first answer, which waits until the code is compiled and the journal is opened. On a busy machine that
    /// takes long.
    /// </summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private readonly Lock _startGate = new();
    private readonly Lock _stopGate = new();

    /// <summary>
    /// Cancelled when the stack has stopped. It is never disposed, because a request may meet the end at any time; without a
    /// timer it holds no resources.
    /// </summary>
    private readonly CancellationTokenSource _ended = new();
    private bool _evacuates;
    private IActorRef? _stack;
    private AkkaNodeNetwork? _network;
    private StackComposition? _composition;
    private Task? _opened;
    private Task _gone = Task.CompletedTask;
    private DescriptorReserve? _reserve;
    private bool _hasThrown;
    private Task _stopped = Task.CompletedTask;

    public override IReadOnlyList<string> Engines => [.. _composition?.Settings.Engines.Select(e => e.Name) ?? []];

    /// <summary>Why the stack ended by itself; null where it did not.</summary>
    internal StackFailedException? Failure { get; private set; }

    protected override string Node => _composition?.Settings.Node ?? "";

    protected override Config Config => system.Settings.Config;

    protected override SocketOptions DefaultOptions => (_composition ?? throw NotRunning()).Settings.Tcp.Options;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    public Task OpenAsync(CancellationToken cancellation)
    {
        lock (_startGate) return _opened ??= OpenOnceAsync(cancellation);
    }

    private async Task OpenOnceAsync(CancellationToken cancellation)
    {
        try
        {
            await ComposeAndListenAsync(cancellation);
        }
        catch (Exception error) when (error is not StackStartException && StackStartException.From(error) is { } failure)
        {
            throw failure;
        }
    }

    private async Task ComposeAndListenAsync(CancellationToken cancellationToken)
    {
        _network = await cluster.JoinAsync(system, cancellationToken);
        await takeOver.OpenAsync(HoconSection.OfStack(system.Settings.Config), cancellationToken);
        _composition = composer.Compose(system.Settings.Config, _network, takeOver);
        _evacuates = _network is not null && ClusterSettings.Read(HoconSection.OfStack(system.Settings.Config)).Evacuates;
        _reserve = OperatingSystem.IsLinux() ? new DescriptorReserve() : null;
        GiveTimeToDrain(_composition.DrainLimit);
        var stack = system.ActorOf(
            StackActor.Props(_composition.Settings with { Migrated = migrations.Add }), "actorstack");
        _gone = stack.WatchAsync(CancellationToken.None);
        _stack = stack;
        registry.Register<StackActor>(_stack, overwrite: true);
        _ = StopWithLinkAsync(_stack);

        // The actor system may terminate before the host stops.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceUnbind, "stop the stack", async () =>
        {
            await StopStackAsync(WasRemoved() ? TimeSpan.Zero : _composition.DrainLimit);
            return Done.Instance;
        });
        foreach (var registration in registrations)
        {
            var settings = registration.ToListenerSettings(
                this, services, system.Settings.Config, _composition.Settings.Tcp.Options);
            await ListenAsync(settings, cancellationToken);
        }

        await takeOver.ServeAsync(stack, _composition.Settings, lifetime.StopApplication, cancellationToken);
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        systemd.NotifyReady();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) =>
        stopsLast is null ? StopGracefullyAsync() : Task.CompletedTask;

    /// <summary>Throws the failure to the caller that runs the host, after the host has stopped its other services.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await StopGracefullyAsync();
        if (Failure is { } failure && !Interlocked.Exchange(ref _hasThrown, true)) throw failure;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Stops the stack also where another service of the host failed to start and the host was therefore never stopped.
    /// </summary>
    public async ValueTask DisposeAsync() => await StopStackAsync(TimeSpan.Zero);

    public override async Task<IReadOnlyList<NodeSnapshot>> ListNodesAsync(CancellationToken cancellation)
    {
        if (_network is { } network) return network.Snapshots;
        var statistics = await GetStatisticsAsync(cancellation);
        return [NodeSnapshot.Alone(Node, statistics.Connections)];
    }

    /// <summary>
    /// Raises the host's shutdown timeout where it is shorter than the drain limit, which is known only after options,
    /// <c>akka.hocon</c> and the application's own HOCON are merged. The host reads the timeout when it stops.
    /// </summary>
    private void GiveTimeToDrain(TimeSpan limit)
    {
        if (host.Value.ShutdownTimeout is var given && given != Timeout.InfiniteTimeSpan && given < limit + HostGrace)
            host.Value.ShutdownTimeout = limit + HostGrace;
    }

    /// <summary>Asks the stack, and throws where the stack stops before it answers.</summary>
    protected override async Task<object> AnswerWhileRunningAsync(object question)
    {
        var stack = _stack ?? throw NotRunning();
        try
        {
            return await stack.Ask<object>(question, Timeout.InfiniteTimeSpan, _ended.Token);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            throw new ActorStackException(FailureCode.Stopping, "The stack has stopped.");
        }
    }

    private async Task StopWithLinkAsync(IActorRef stack)
    {
        try
        {
            var lost = await stack.Ask<StackProtocol.LinkLost>(
                StackProtocol.WatchLink.Instance, Timeout.InfiniteTimeSpan, _ended.Token);
            logger.LinkLost(lost.Message);
            Failure = new StackFailedException(lost.Message);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException)
        {
            // The stack has stopped.
        }
    }

    private Task StopGracefullyAsync() => StopStackAsync(_composition?.DrainLimit ?? TimeSpan.Zero);

    /// <summary>
    /// True where the actor system ends because the cluster has removed this node. It may emit nothing any more, so that none of
    /// its connections can be drained or evacuated: the stack stops at once.
    /// </summary>
    private bool WasRemoved()
    {
        if (CoordinatedShutdown.Get(system).ShutdownReason is not CoordinatedShutdown.ClusterDowningReason) return false;
        logger.Removed();
        return true;
    }

    private Task StopStackAsync(TimeSpan limit)
    {
        lock (_stopGate)
        {
            _reserve?.Dispose();
            if (_stack is { } stack) _stopped = StopStackAsync(stack, limit);
            _stack = null;
            return _stopped;
        }
    }

    private async Task StopStackAsync(IActorRef stack, TimeSpan limit)
    {
        try
        {
            var stop = new StackProtocol.Stop(limit) { KeepsConnections = !_evacuates };
            var stopped = await stack.Ask<StackProtocol.Stopped>(stop, limit + StopGrace);
            if (stopped.Moved > 0) logger.Evacuated(stopped.Moved);
            logger.Stopped(stopped.Closed, stopped.Reset);
        }
        catch (AskTimeoutException late)
        {
            logger.StopLate(late, limit + StopGrace);
        }

        await _ended.CancelAsync();
    }

    protected override async Task<object> AnswerAsync(object question, TimeSpan work, CancellationToken cancellation)
    {
        var (stack, limit) = (_stack ?? throw NotRunning(), work + AnswerTimeout);
        try
        {
            var answer = stack.Ask<object>(question, limit, cancellation);
            if (await Task.WhenAny(answer, _gone) == answer) return await answer;
        }
        catch (AskTimeoutException)
        {
            throw Unanswered(
                $"The stack did not answer within {limit.TotalSeconds:0} s", FailureCode.NotNow,
                "it is overloaded or waits for its journal. What was asked may still be done; look before asking again.");
        }

        throw Unanswered("The stack has ended", FailureCode.Stopping, "its log says why.");
    }

    private static ActorStackException NotRunning() => new(FailureCode.Stopping, "The stack is not running.");

    /// <summary>Names the journal's problem where one is known; otherwise names the given failure.</summary>
    private ActorStackException Unanswered(string what, FailureCode code, string otherwise) =>
        _composition?.Settings.JournalHealth.Problem is { } problem
            ? new ActorStackException(
                FailureCode.JournalFailing, $"{what}, because its journal takes no writes: {problem.Message}.", problem.WhatToDo)
            : new ActorStackException(code, $"{what}: {otherwise}");
}
