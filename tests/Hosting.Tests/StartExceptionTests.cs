using ActorStack.Actors.Persistence;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests;

/// <summary>What <c>StartAsync</c> throws to a program that starts the host itself.</summary>
public sealed class StartExceptionTests
{
    [Fact]
    public async Task Whatever_keeps_the_stack_from_starting_is_one_kind_of_exception()
    {
        var directory = await RefuseAsync(options => options.StateDirectory = "/proc/self/task");
        Assert.IsType<StateDirectoryException>(directory.InnerException);
        Assert.Contains("Mtu is '1'", (await RefuseAsync(options => options.Mtu = 1)).Message);
        Assert.IsType<LinuxException>((await RefuseAsync(options => options.Kernel = EngineMode.Required)).InnerException);
    }

    [Fact]
    public void Its_text_is_one_line_without_a_stack()
    {
        var error = Assert.Throws<StackStartException>(Throw);
        Assert.Equal("ActorStack.Hosting.StackStartException: The device is in use. Choose another.", error.ToString());

        static void Throw() => throw new StackStartException("The device is in use.", "Choose another.");
    }

    private static Task<StackStartException> RefuseAsync(Action<ActorStackOptions> options) =>
        Assert.ThrowsAsync<StackStartException>(
            () => MemoryHost.StartAsync(
                stack => stack.AddSqliteJournal().AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port), options));
}
