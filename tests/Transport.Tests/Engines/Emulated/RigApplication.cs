using System.Buffers;
using System.IO.Pipelines;
using ActorStack.Tests.Common.Simulation;

namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>The server's application on its pipes: writes a pattern and closes, reads and verifies the client's.</summary>
internal sealed class RigApplication(IDuplexPipe pipe, int writeSalt, int readSalt, long toWrite)
{
    private ValueTask<FlushResult> _flush;
    private bool _isFlushing;
    private bool _isClosed;

    public long Written { get; private set; }

    public long BytesRead { get; private set; }

    public bool HasReadAll { get; private set; }

    public bool IsReading { get; set; } = true;

    /// <summary>It writes no more than this, and does not close, until told otherwise.</summary>
    public long WriteLimit { get; set; } = long.MaxValue;

    public void Run()
    {
        Write();
        if (IsReading) Read();
    }

    /// <summary>Both ways, whatever was not read or written.</summary>
    public void Leave()
    {
        IsReading = false;
        _isClosed = true;
        pipe.Input.Complete();
        pipe.Output.Complete();
    }

    private void Write()
    {
        if (_isClosed || (_isFlushing && !_flush.IsCompleted)) return;
        if (_isFlushing) _flush.GetAwaiter().GetResult();
        _isFlushing = false;
        while (Written < Math.Min(toWrite, WriteLimit))
        {
            var count = (int)Math.Min(8192, Math.Min(toWrite, WriteLimit) - Written);
            pipe.Output.Write(TestPattern.Take(Written, count, writeSalt));
            Written += count;
            _flush = pipe.Output.FlushAsync();
            _isFlushing = !_flush.IsCompleted;
            if (_isFlushing) return;
            _flush.GetAwaiter().GetResult();
        }

        if (Written < toWrite) return;
        _isClosed = true;
        pipe.Output.Complete();
    }

    private void Read()
    {
        if (HasReadAll || !pipe.Input.TryRead(out var result)) return;
        foreach (var part in result.Buffer)
        {
            TestPattern.Verify(part.Span, BytesRead, readSalt);
            BytesRead += part.Length;
        }

        HasReadAll = result.IsCompleted;
        pipe.Input.AdvanceTo(result.Buffer.End);
    }
}
