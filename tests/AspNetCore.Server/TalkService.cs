using Grpc.Core;

namespace ActorStack.AspNetCore.Server;

/// <summary>The gRPC service.</summary>
internal sealed class TalkService : Talk.TalkBase
{
    public override async Task<Answered> Say(Said request, ServerCallContext context) => await AnswerAsync(request, context);

    public override async Task Chat(
        IAsyncStreamReader<Said> requestStream, IServerStreamWriter<Answered> responseStream, ServerCallContext context)
    {
        await foreach (var said in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(await AnswerAsync(said, context));
    }

    private static async Task<Answered> AnswerAsync(Said said, ServerCallContext context) =>
        new() { Text = said.Text, Moves = await context.GetHttpContext().CountMovesAsync() };
}
