using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.Pipelines;
using ActorStack.Hosting;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// A verified bulk transfer in both directions at once. The peer first sends the most bytes that it wants (64 bits,
/// little-endian), then any payload. Its FIN ends both directions; the trailer then reports the bytes received and sent.
/// </summary>
internal sealed class TransferHandler : ConnectionHandler
{
    public const int RequestSize = 8;

    private readonly XxHash128 _received = new();
    private readonly TestPattern _pattern = new(seed: 2);
    private long _receivedBytes;
    private volatile bool _ended;

    public override Task HandleAsync(Connection connection, CancellationToken stopping) => RunAsync(connection.Pipe, stopping);

    public async Task RunAsync(IDuplexPipe pipe, CancellationToken stopping)
    {
        var most = await ReadRequestAsync(pipe.Input, stopping);
        var receiving = ReceiveAsync(pipe.Input, stopping);
        await SendAsync(pipe.Output, most, stopping);
        await receiving;
        var trailer = new TransferTrailer(_receivedBytes, _received.GetCurrentHashAsUInt128(), _pattern.Bytes, _pattern.Digest);
        trailer.Write(pipe.Output.GetSpan(TransferTrailer.Size));
        pipe.Output.Advance(TransferTrailer.Size);
        await pipe.Output.FlushAsync(stopping);
    }

    private static async Task<long> ReadRequestAsync(PipeReader input, CancellationToken stopping)
    {
        var read = await input.ReadAtLeastAsync(RequestSize, stopping);
        if (read.Buffer.Length < RequestSize) throw new InvalidDataException("the peer closed before its request");
        var request = new byte[RequestSize];
        var bytes = read.Buffer.Slice(0, RequestSize);
        bytes.CopyTo(request);
        input.AdvanceTo(bytes.End);
        return BinaryPrimitives.ReadInt64LittleEndian(request);
    }

    private async Task ReceiveAsync(PipeReader input, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(stopping);
                foreach (var part in read.Buffer) _received.Append(part.Span);
                _receivedBytes += read.Buffer.Length;
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
        finally
        {
            _ended = true;
        }
    }

    private async Task SendAsync(PipeWriter output, long most, CancellationToken stopping)
    {
        while (_pattern.Bytes < most && !_ended)
        {
            output.Write(_pattern.Next(most - _pattern.Bytes).Span);
            if ((await output.FlushAsync(stopping)).IsCompleted) return;
        }
    }
}
