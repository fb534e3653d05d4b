using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// The benchmarks run in this process, so that no project has to be generated and built for each of them.
const string Once = "--once";
var job = args.Contains(Once) ? Job.Dry : Job.ShortRun;
var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(Column.Error, Column.StdDev, Column.Job, Column.Toolchain);
var switcher = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly);
var summaries = switcher.Run([.. args.Where(argument => argument != Once)], config);
return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
