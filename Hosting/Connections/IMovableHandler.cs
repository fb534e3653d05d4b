using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting;

/// <summary>
/// A <see cref="ConnectionHandler"/> that can leave a connection, so that another instance goes on with it in a new process of
/// the service or at another node of the cluster. Connections of other handlers stay where they are.
/// </summary>
/// <remarks>
/// The handler uses <see cref="IConnectionHandoffFeature"/>, or the members of the same names of
/// <see cref="ConnectionContextExtensions"/>. It looks at <see cref="IConnectionHandoffFeature.IsLeaving"/> after every read and
/// flush, because both return early when the connection is to move. It then calls <see cref="IConnectionHandoffFeature.Leave"/>
/// and returns. What it wrote is sent, and what it did not consume is there for its successor, which finds the state in
/// <see cref="IConnectionHandoffFeature.State"/>. Where the handoff is given up, the successor runs at the same node. An
/// example, which counts the bytes that it receives:
/// <code>
/// public sealed class CountHandler : ConnectionHandler, IMovableHandler
/// {
///     public static string? WhyRefused(ReadOnlyMemory&lt;byte&gt; state) =>
///         state.Length is 0 or 8 ? null : "the state is not a count of 8 bytes";
///
///     public override async Task OnConnectedAsync(ConnectionContext connection)
///     {
///         var (input, output) = (connection.Transport.Input, connection.Transport.Output);
///         var stopping = connection.ConnectionClosedRequested;
///         var count = connection.State.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(connection.State.Span);
///         while (true)
///         {
///             var read = await input.ReadAsync(stopping);
///             count += read.Buffer.Length;
///             input.AdvanceTo(read.Buffer.End);
///             if (read.IsCompleted) break;
///             if (!connection.IsLeaving) continue;
///             var state = new byte[8];
///             BinaryPrimitives.WriteInt64LittleEndian(state, count);
///             connection.Leave(state);
///             return;
///         }
///
///         await output.WriteAsync(Encoding.ASCII.GetBytes($"{count} bytes\n"), stopping);
///     }
/// }
/// </code>
/// A handler that does not leave within 5 seconds keeps its connection at the node, and the handoff is rolled back.
/// <see cref="ReadResult.IsCanceled"/> without <see cref="IConnectionHandoffFeature.IsLeaving"/> means nothing: a successor at
/// the same node may see it once.
/// </remarks>
public interface IMovableHandler
{
    /// <summary>
    /// Tells why this build cannot go on from a state with which another one left, for example because its version is unknown;
    /// null: it can. The connection then stays where it was. The method runs on a thread of the stack and must be quick.
    /// </summary>
    /// <param name="state">The state; empty where the handler left without one.</param>
    static virtual string? WhyRefused(ReadOnlyMemory<byte> state) => null;
}
