using ActorStack.CommandLine;

namespace ActorStack.Hosting.Tests;

public sealed class ProgressLineTests
{
    [Fact]
    public async Task A_terminal_sees_how_far_the_work_is_until_it_ends()
    {
        using var terminal = new StringWriter();
        var work = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = await new ProgressLine(terminal, isTerminal: true).WatchAsync(work.Task, _ =>
        {
            work.TrySetResult(7);
            return Task.FromResult("3 are left");
        });
        Assert.Equal((7, "\r\u001b[K3 are left\r\u001b[K"), (answer, terminal.ToString()));
    }

    [Fact]
    public async Task A_file_gets_nothing()
    {
        using var file = new StringWriter();
        await new ProgressLine(file, isTerminal: false).WatchAsync(Task.FromResult(7), TimeSpan.FromSeconds(3));
        Assert.Empty(file.ToString());
    }
}
