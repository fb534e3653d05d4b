using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

internal sealed class ApplicationPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}
