using System.Net.Sockets;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Linux;
using Akka.Configuration;
using Akka.Remote;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>The stack cannot start on this machine. <see cref="WhatToDo"/> says how to solve the problem.</summary>
public sealed class StackStartException : Exception
{
    /// <summary>A reason why the stack cannot start.</summary>
    public StackStartException(string message, string whatToDo, Exception? cause = null)
        : base(message, cause) => WhatToDo = whatToDo;

    /// <summary>The advice; empty where the message contains it.</summary>
    public string WhatToDo { get; }

    /// <summary>
    /// Returns the text without a stack trace, because the cause is the system or the configuration and not the program.
    /// </summary>
    public override string ToString() => $"{GetType().FullName}: {Line}";

    internal string Line => WhatToDo.Length > 0 ? $"{Message} {WhatToDo}" : Message;

    /// <summary>
    /// Translates an exception into the reason why a stack cannot start; null: a fault of the program itself.
    /// </summary>
    internal static StackStartException? From(Exception error) => error switch
    {
        StackStartException start => start,
        ActorStackException stack => new StackStartException(stack.Message, stack.WhatToDo, stack),
        StateDirectoryException state => new StackStartException(state.Problem, state.Advice, state),
        ConnectionStoreException store => new StackStartException(store.Problem, store.Advice, store),
        NodeNetworkException node => new StackStartException(node.Message, node.WhatToDo, node),
        LinuxException linux => new StackStartException(linux.Message, "", linux),
        OptionsValidationException options => new StackStartException(string.Join(' ', options.Failures), "", options),
        ConfigurationException hocon => new StackStartException(hocon.Message, "Correct akka.hocon, or the option.", hocon),
        _ when FailedToListen(error) is { } cause => new StackStartException(
            $"The node cannot hear its cluster: {cause}.",
            "Give an address of this machine and a free port: --cluster HOST:PORT, or actorstack.cluster.host and cluster.port.",
            error),
        _ => null,
    };

    /// <summary>
    /// The reason why Akka.Remote does not listen, which it wraps several times; null: it is another exception.
    /// </summary>
    private static string? FailedToListen(Exception? error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is RemoteTransportException { InnerException: SocketException reason }) return reason.Message;
        }

        return null;
    }
}
