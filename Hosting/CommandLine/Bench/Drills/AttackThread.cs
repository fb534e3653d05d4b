using System.Diagnostics;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>Runs an attack at its rate until it is to end, then gives up what it holds until it is disposed.</summary>
internal sealed class AttackThread : IDisposable
{
    private const int MostAtOnce = 200;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private readonly Attack _attack;
    private readonly AttackLink _link;
    private readonly int _rate;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isEnding;
    private volatile bool _isStopping;

    public AttackThread(Attack attack, AttackLink link, int mostRate)
    {
        _attack = attack;
        _link = link;
        _rate = Math.Min(attack.Rate, mostRate);
        _thread = new Thread(RunGuarded) { IsBackground = true, Name = "attack" };
        _thread.Start();
    }

    /// <summary>Waits for <paramref name="work"/>; throws where the attack cannot go on meanwhile.</summary>
    public async Task DuringAsync(Task work) => await await Task.WhenAny(work, _failed.Task);

    public void End() => _isEnding = true;

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
    }

    /// <summary>An exception that left the thread would end the process: the drill ends with it instead.</summary>
    private void RunGuarded()
    {
        try
        {
            Run();
        }
        catch (Exception error)
        {
            _failed.SetException(error);
        }
    }

    /// <summary>What is behind by more than a moment is not made up for: the rate is never higher.</summary>
    private void Run()
    {
        var clock = Stopwatch.StartNew();
        for (double due = 0, last = 0; !_isEnding && !_isStopping;)
        {
            var now = clock.Elapsed.TotalSeconds;
            due = Math.Min(due + (now - last) * _rate, MostAtOnce);
            last = now;
            for (; due >= 1; due--) _attack.Step();
            _link.Drain(_attack);
            Thread.Sleep(1);
        }

        for (; !_isStopping; Thread.Sleep(Again))
        {
            _attack.End();
            _link.Drain(_attack);
        }
    }
}
