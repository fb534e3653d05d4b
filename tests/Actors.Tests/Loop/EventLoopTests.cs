using ActorStack.Actors.Loop;
using ActorStack.Tests.Common;

namespace ActorStack.Actors.Tests.Loop;

public sealed class EventLoopTests
{
    private readonly List<string> _reports = [];

    [Fact]
    public void A_manual_loop_does_nothing_by_itself()
    {
        var loop = Manual();
        var ran = 0;
        loop.Execute(new ActionRun(() => ran++));

        Assert.Equal(0, ran);
        Assert.True(loop.RunOnce());
        Assert.Equal(1, ran);
        Assert.False(loop.RunOnce());
    }

    [Fact]
    public void What_runs_on_the_loop_is_followed_by_what_it_queued_in_the_same_turn()
    {
        var loop = Manual();
        var order = new List<string>();
        loop.Execute(new ActionRun(() =>
        {
            loop.Execute(new ActionRun(() => order.Add("second")));
            order.Add("first");
        }));

        loop.RunOnce();

        Assert.Equal(["first", "second"], order);
    }

    [Fact]
    public void Work_that_queues_itself_for_ever_does_not_starve_the_link_or_the_timers()
    {
        var loop = Manual();
        var link = new ScriptedLink();
        var client = new ScriptedLoopLink(link);
        AttachTo(loop, client);
        link.Bursts.Enqueue(() => 3);
        link.Bursts.Enqueue(() => 64);
        void Again() => loop.Execute(new ActionRun(Again));
        Again();

        loop.RunOnce();
        loop.RunOnce();

        Assert.Equal([3, 64], client.Bursts);
        Assert.Equal(1, client.TimerTurns);
    }

    [Fact]
    public void A_timer_is_told_after_the_burst_that_was_read_before_it_and_not_of_a_time_after_the_read()
    {
        var loop = Manual();
        var link = new ScriptedLink();
        var order = new List<string>();
        var client = new ScriptedLoopLink(link) { OnTimer = () => loop.Execute(new ActionRun(() => order.Add("timer"))) };
        client.OnBurst = () => loop.Execute(new ActionRun(() => order.Add("burst")));
        AttachTo(loop, client);
        client.Now = TimeSpan.FromMilliseconds(5);
        link.Bursts.Enqueue(() =>
        {
            client.Now = TimeSpan.FromMilliseconds(30); // the thread had no processor meanwhile
            return 1;
        });

        loop.RunOnce();

        Assert.Equal(["burst", "timer"], order);
        Assert.Equal(TimeSpan.FromMilliseconds(5), client.TimersAt);
    }

    [Fact]
    public void Timers_wait_while_more_frames_may_wait_in_the_link_and_not_for_ever()
    {
        var loop = Manual();
        var link = new ScriptedLink();
        var client = new ScriptedLoopLink(link);
        AttachTo(loop, client);
        for (var i = 0; i < 33; i++) link.Bursts.Enqueue(() => EventLoop.BurstSize);
        link.Bursts.Enqueue(() => 63);
        var turns = Enumerable.Range(1, 34).Where(_ =>
        {
            var before = client.TimerTurns;
            loop.RunOnce();
            return client.TimerTurns > before;
        });

        Assert.Equal([16, 32, 34], turns);
    }

    [Fact]
    public void What_a_turn_sent_leaves_at_its_end()
    {
        var loop = Manual();
        var link = new ScriptedLink();
        AttachTo(loop, new ScriptedLoopLink(link));
        var before = link.Flushes;
        var during = -1;
        loop.Execute(new ActionRun(() => during = link.Flushes));

        loop.RunOnce();

        Assert.Equal(before, during);
        Assert.Equal(before + 1, link.Flushes);
    }

    [Fact]
    public void A_link_that_never_dries_up_does_not_starve_the_mailboxes()
    {
        var loop = Manual();
        var link = new ScriptedLink();
        AttachTo(loop, new ScriptedLoopLink(link));
        for (var i = 0; i < 10; i++) link.Bursts.Enqueue(() => 64);
        var ran = 0;
        loop.Execute(new ActionRun(() => ran++));

        loop.RunOnce();

        Assert.Equal(1, ran);
        Assert.Equal(9, link.Bursts.Count);
    }

    [Fact]
    public void An_exception_in_a_mailbox_a_burst_or_a_timer_is_reported_and_the_loop_goes_on()
    {
        var loop = Manual();
        var link = new ScriptedLink();
        var client = new ScriptedLoopLink(link)
        {
            OnBurst = () => throw new InvalidOperationException("burst"),
            OnTimer = () => throw new InvalidOperationException("timer"),
        };
        AttachTo(loop, client);
        _reports.Clear();
        link.Bursts.Enqueue(() => 1);
        link.Bursts.Enqueue(() => 1);
        loop.Execute(new ActionRun(() => throw new InvalidOperationException("mailbox")));

        loop.RunOnce();
        loop.RunOnce();

        Assert.Equal(["burst", "timer", "mailbox", "burst", "timer"], _reports);
        Assert.Equal([1, 1], client.Bursts);
    }

    [Fact]
    public void A_link_that_cannot_be_read_is_told_of_once_and_read_no_more_while_its_timers_go_on()
    {
        var loop = Manual();
        var link = new ScriptedLink();
        var client = new ScriptedLoopLink(link);
        AttachTo(loop, client);
        var (turns, flushes) = (client.TimerTurns, link.Flushes);
        link.Bursts.Enqueue(() => throw new IOException("gone"));
        link.Bursts.Enqueue(() => 1);

        loop.RunOnce();
        loop.RunOnce();

        Assert.Equal(["gone"], client.Losses);
        Assert.Empty(_reports);
        Assert.Single(link.Bursts);
        Assert.Equal(turns + 2, client.TimerTurns);
        Assert.Equal(flushes, link.Flushes);
    }

    [Fact]
    public void A_thread_whose_link_is_lost_waits_for_work_without_it()
    {
        var loop = Threaded();
        using var done = new SemaphoreSlim(0);
        var link = new ScriptedLink();
        link.Bursts.Enqueue(() => throw new IOException("gone"));
        loop.Execute(new ActionRun(() => loop.Attach(new ScriptedLoopLink(link))));
        for (var i = 0; i < 100; i++)
        {
            loop.Execute(new ActionRun(() => done.Release()));
            Assert.True(done.Wait(Patience.Limit));
        }

        Assert.Equal(0, link.Waits);
        loop.Stop();
    }

    [Fact]
    public void A_second_link_is_refused_and_one_after_the_first_is_gone_is_not()
    {
        var loop = Manual();
        var first = new ScriptedLoopLink(new ScriptedLink());
        AttachTo(loop, first);

        AttachTo(loop, new ScriptedLoopLink(new ScriptedLink()));
        Assert.Contains("already serves link 'scripted'", Assert.Single(_reports), StringComparison.Ordinal);

        loop.Detach(first);
        AttachTo(loop, new ScriptedLoopLink(new ScriptedLink()));
        Assert.Single(_reports);
    }

    [Fact]
    public void A_waiting_thread_is_woken_by_work_from_outside_with_and_without_a_link()
    {
        var loop = Threaded();
        using var done = new SemaphoreSlim(0);
        var client = new ScriptedLoopLink(new ScriptedLink());
        for (var i = 0; i < 100; i++)
        {
            loop.Execute(new ActionRun(() => done.Release()));
            Assert.True(done.Wait(Patience.Limit));
        }

        loop.Execute(new ActionRun(() => loop.Attach(client)));
        for (var i = 0; i < 100; i++)
        {
            loop.Execute(new ActionRun(() => done.Release()));
            Assert.True(done.Wait(Patience.Limit));
        }

        loop.Stop();
        Assert.Empty(_reports);
    }

    [Fact]
    public void Nothing_told_by_many_threads_is_lost_while_the_loop_falls_asleep_and_wakes()
    {
        const int Each = 20_000;
        var loop = Threaded();
        var ran = 0;
        using var done = new ManualResetEventSlim();
        var run = new ActionRun(() =>
        {
            if (++ran == 4 * Each) done.Set();
        });

        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Each; i++) loop.Execute(run);
        })).ToList();
        threads.ForEach(thread => thread.Start());

        Assert.True(done.Wait(Patience.Limit));
        loop.Stop();
    }

    [Fact]
    public void A_stopped_loop_starts_anew_when_it_is_given_work()
    {
        var loop = Threaded();
        for (var i = 0; i < 50; i++)
        {
            using var done = new ManualResetEventSlim();
            loop.Execute(new ActionRun(done.Set));
            loop.Stop();
            Assert.True(done.Wait(Patience.Limit));
        }
    }

    private EventLoop Manual() => new("test", LoopMode.Manual, Report);

    private EventLoop Threaded() => new("test", LoopMode.Thread, Report);

    private void Report(Exception error, string what) => _reports.Add(error.Message);

    private static void AttachTo(EventLoop loop, ILoopLink link)
    {
        loop.Execute(new ActionRun(() => loop.Attach(link)));
        loop.RunOnce();
    }
}
