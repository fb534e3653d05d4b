using System.IO.Pipelines;

namespace ActorStack.Hosting;

/// <summary>The pipe of a connection, with the errors of its input as Kestrel and connection middleware know them.</summary>
internal sealed class TransportPipe(IDuplexPipe pipe) : IDuplexPipe
{
    public PipeReader Input { get; } = new TransportReader(pipe.Input);

    public PipeWriter Output => pipe.Output;
}
