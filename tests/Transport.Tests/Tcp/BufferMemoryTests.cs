using System.Buffers;
using System.IO.Pipelines;
using ActorStack.Transport.Buffers;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>What the pipes of a connection count against the memory of all, from whichever thread.</summary>
public sealed class BufferMemoryTests
{
    private const int Block = 64 * 1024;

    private readonly TcpMemory _memory = new(new TcpMemoryLimits(1_000_000, 2_000_000, 3_000_000));

    [Fact]
    public async Task What_waits_for_the_application_counts_until_it_is_read()
    {
        var buffers = Make();
        buffers.Receive.Write(new byte[1000]);
        buffers.Receive.Write(new byte[500]);
        buffers.Receive.Flush();
        Assert.Equal(1500 + Block, _memory.Used);

        var read = await buffers.Application.Input.ReadAsync();
        buffers.Application.Input.AdvanceTo(read.Buffer.GetPosition(600));
        Assert.Equal(900 + Block, _memory.Used);
        read = await buffers.Application.Input.ReadAsync();
        buffers.Application.Input.AdvanceTo(read.Buffer.End);
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public void What_an_application_left_unread_counts_no_more()
    {
        var buffers = Make();
        buffers.Receive.Write(new byte[1000]);
        buffers.Receive.Flush();
        buffers.Receive.Fail(new IOException("over"));
        Assert.Equal(1000 + Block, _memory.Used);

        buffers.Application.Input.Complete();
        Assert.Equal(0, _memory.Used);
        buffers.Receive.Write(new byte[10]);
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public async Task What_the_application_wrote_counts_until_it_is_acknowledged()
    {
        var buffers = Make();
        await buffers.Application.Output.WriteAsync(new byte[3000]);
        buffers.Application.Output.Write(new byte[100]);
        await buffers.Application.Output.FlushAsync();
        Assert.Equal(3100 + Block, _memory.Used);

        buffers.Send.Refresh();
        buffers.Send.Acknowledge(1000);
        Assert.Equal(2100 + Block, _memory.Used);
        buffers.Send.Acknowledge(2100);
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public async Task What_an_engine_took_off_the_pipe_counts_no_more()
    {
        var buffers = Make();
        await buffers.Application.Output.WriteAsync(new byte[3000]);
        var pump = buffers.Send.BeginPump();
        var read = await pump.ReadAsync();
        pump.AdvanceTo(read.Buffer.GetPosition(2000));

        Assert.Equal(1000 + Block, _memory.Used);
        buffers.Send.EndPump(default);
        buffers.Send.Close();
        Assert.Equal(0, _memory.Used);
        await buffers.Application.Output.WriteAsync(new byte[10]);
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public void Under_pressure_limits_do_not_grow_but_for_a_message_that_needs_it()
    {
        var buffers = Make();
        var (receive, send) = (buffers.Receive.Limit, buffers.Send.Limit);
        _memory.Add(_memory.Limits.Pressure);

        buffers.Receive.Raise(4 * receive);
        buffers.Send.Limit = 4 * send;
        Assert.Equal((receive, send), (buffers.Receive.Limit, buffers.Send.Limit));
        Assert.True(buffers.Receive.RaiseForMessage());
        Assert.Equal(2 * receive, buffers.Receive.Limit);

        _memory.Add(-_memory.Limits.Pressure);
        buffers.Receive.Raise(4 * receive);
        buffers.Send.Limit = 4 * send;
        Assert.Equal((4 * receive, 4 * send), (buffers.Receive.Limit, buffers.Send.Limit));
    }

    [Fact]
    public async Task Nothing_stays_counted_whoever_ends_first()
    {
        for (var round = 0; round < 200; round++)
        {
            var buffers = Make();
            var application = Task.Run(async () =>
            {
                for (long read = 0; read < 10_000;) read += await ReadSomeAsync(buffers.Application.Input);
                await buffers.Application.Output.WriteAsync(new byte[5000]);
                await buffers.Application.Input.CompleteAsync();
                await buffers.Application.Output.CompleteAsync();
            });
            for (var i = 0; i < 100; i++)
            {
                buffers.Receive.Write(new byte[1000]);
                buffers.Receive.Flush();
            }

            buffers.Send.Close();
            await application;
            Assert.Equal(0, _memory.Used);
        }
    }

    private ConnectionBuffers Make() =>
        new(ConnectionBufferOptions.Default with { Memory = _memory, ApplicationScheduler = PipeScheduler.ThreadPool });

    private static async Task<long> ReadSomeAsync(PipeReader input)
    {
        var read = await input.ReadAsync();
        var length = read.Buffer.Length;
        input.AdvanceTo(read.Buffer.End);
        return length;
    }
}
