using ActorStack.Actors.Persistence;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Persistence;

public sealed class LedgerTextTests
{
    [Fact]
    public void A_ledger_is_read_as_it_was_written_also_with_semicolons_in_the_reasons()
    {
        FidelityEntry[] entries =
        [
            new("TsRecent", Fidelity.Lost, "no call reads it; the peer's next segment brings it"),
            new("Cwnd", Fidelity.Approximate, "counted: in segments"),
            new("SndWl2", Fidelity.Lost, ""),
        ];
        Assert.Equal(entries, LedgerText.Parse(LedgerText.Format(entries)));
        Assert.Empty(LedgerText.Parse(""));
    }
}
