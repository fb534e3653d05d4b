using ActorStack.Transport.Engines;

namespace ActorStack.Transport.Tests.Linux;

internal sealed class OffloadRefusedException(RefusalReason reason, string detail) : Exception($"{reason}: {detail}")
{
    public RefusalReason Reason => reason;
}
