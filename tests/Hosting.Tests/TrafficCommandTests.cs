using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Traffic;
using ActorStack.Hosting.Tests.Support;

namespace ActorStack.Hosting.Tests;

/// <summary>The client that the demo, the benchmark and the tests start as a child.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class TrafficCommandTests : IDisposable
{
    private readonly TextReader _input = Console.In;
    private readonly TextWriter _output = Console.Out;

    public void Dispose()
    {
        Console.SetIn(_input);
        Console.SetOut(_output);
    }

    [Theory]
    [InlineData("steady")]
    [InlineData("transfer")]
    public async Task A_line_that_comes_when_the_work_is_done_finds_nothing_that_is_disposed(string kind)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var input = new LateInput(TrafficCommand.Go);
        using var output = new StringWriter();
        Console.SetIn(input);
        Console.SetOut(output);

        var command = TrafficCommand.Create().Parse([kind, "--to", $"{listener.LocalEndpoint}", "--seconds", "0"]);
        var running = Task.Run(() => command.InvokeAsync());
        (await listener.AcceptSocketAsync(Patience.Token())).Dispose();
        Assert.Equal(0, await running);
        Assert.Contains("\"seconds\"", output.ToString(), StringComparison.OrdinalIgnoreCase);

        // An exception on the thread that reads would end the process of the tests.
        input.Arrive();
    }

    /// <summary>A first line at once, and a second one when the test says so.</summary>
    private sealed class LateInput(string first) : TextReader
    {
        private readonly ManualResetEventSlim _isWaited = new();
        private readonly ManualResetEventSlim _arrived = new();
        private string? _next = first;
        private Thread? _reader;

        public override string? ReadLine()
        {
            if (Interlocked.Exchange(ref _next, null) is { } line) return line;
            _reader = Thread.CurrentThread;
            _isWaited.Set();
            _arrived.Wait();
            return "stop";
        }

        /// <summary>Lets the second line come and waits for the end of the thread that reads it.</summary>
        public void Arrive()
        {
            _isWaited.Wait(Patience.Token());
            _arrived.Set();
            _reader!.Join();
        }
    }
}
