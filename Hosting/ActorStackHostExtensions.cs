using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorStack.Hosting;

/// <summary>Runs a host with a stack as the whole process.</summary>
public static class ActorStackHostExtensions
{
    /// <summary>The exit code of a process whose stack cannot start.</summary>
    public const int CannotStart = 2;

    /// <summary>
    /// Runs the host to its end, as <c>RunAsync</c> does, and returns the exit code of the process. Where the stack cannot
    /// start, one line on the standard error gives the reason and the advice, and <see cref="CannotStart"/> is returned;
    /// <c>StartAsync</c> and <c>RunAsync</c> throw <see cref="StackStartException"/> instead. The stack starts before the other
    /// services of the host, so that none of them runs when it fails.
    /// </summary>
    public static async Task<int> RunToExitCodeAsync(this IHost host, CancellationToken cancellation = default)
    {
        try
        {
            foreach (var part in host.Services.GetServices<IStackStart>()) await part.OpenAsync(cancellation);
            await host.RunAsync(cancellation);
            return Environment.ExitCode;
        }
        catch (StackStartException failure)
        {
            await Console.Error.WriteLineAsync($"{AppDomain.CurrentDomain.FriendlyName}: {failure.Line}");
            return CannotStart;
        }
        finally
        {
            await DisposeAsync(host);
        }
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }
}
