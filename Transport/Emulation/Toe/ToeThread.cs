namespace ActorStack.Transport.Emulation.Toe;

/// <summary>Drives an emulated TOE on a thread of its own, in real time.</summary>
internal sealed class ToeThread : IDisposable
{
    private readonly EmulatedToe _toe;
    private readonly AutoResetEvent _signal = new(initialState: false);
    private readonly Thread _thread;
    private volatile bool _stopping;

    public ToeThread(EmulatedToe toe)
    {
        _toe = toe;
        toe.Wake = () => _signal.Set();
        _thread = new Thread(Run) { Name = toe.Name, IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _signal.Set();
        _thread.Join();
        _toe.Wake = null;
        _signal.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stopping) Wait(_toe.Step());
        }
        catch (Exception error)
        {
            // As a device that died: the host goes on without it.
            _toe.Fail(error);
        }
    }

    private void Wait(TimeSpan? pause)
    {
        if (pause is null) _signal.WaitOne();
        else if (pause > TimeSpan.Zero) _signal.WaitOne(pause.Value);
    }
}
