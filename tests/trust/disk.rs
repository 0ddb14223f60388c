//! Writes that fail, a disk that fills up: never an acknowledgement without a commit, and when the
//! disk works again, so does the service, without a restart.

mod failing;
mod patient;

use std::sync::Arc;

use shipmate_tests::service::Service;
use tokio::task::JoinSet;

use self::{
    failing::{Disk, Failure, How},
    patient::{Patient, Taken},
};
use crate::{amount::amount, world::World};

/// Points at the same time; they mostly wait.
const AT_ONCE: usize = 10;

/// How the failure ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The disk works again.
    Repaired,
    /// The service is killed first.
    Killed,
    /// The service is told to end first.
    Terminated,
}

impl End {
    const ALL: [Self; 3] = [Self::Repaired, Self::Killed, Self::Terminated];
}

#[derive(Debug, Clone, Copy)]
struct Point {
    failure: Failure,
    end: End,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_disk_costs_no_event() {
    let points = amount("TRUST_DISK_POINTS", 100);
    let world = Arc::new(World::new().await);
    let operations = operations_of_a_run(&world).await;
    let mut running = JoinSet::new();
    let mut taken = Taken::default();
    for index in 0..points {
        if running.len() == AT_ONCE {
            taken += running.join_next().await.unwrap().unwrap();
        }
        let point = point(index, points, operations);
        let world = Arc::clone(&world);
        running.spawn(async move { check(&world, point).await });
    }
    for more in running.join_all().await {
        taken += more;
    }
    println!("{points} points of {operations} operations: {taken:?}");
    assert!(taken.refused > 0, "no failure was ever met: {taken:?}");
}

/// The points are spread over all operations, and over all failures and ends.
fn point(index: u64, points: u64, operations: u64) -> Point {
    let kinds = u64::try_from(How::ALL.len() * End::ALL.len()).unwrap();
    let kind = usize::try_from(index % kinds).unwrap();
    // Neighbours differ also where there are fewer points than operations.
    let step = (operations * kinds / points).max(1);
    Point {
        failure: Failure {
            at: 1 + (index / kinds * step + index % kinds * step / kinds) % operations,
            how: How::ALL[kind % How::ALL.len()],
        },
        end: End::ALL[kind / How::ALL.len()],
    }
}

async fn operations_of_a_run(world: &World) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::under(folder.path());
    let mut patient = Patient::new(world, folder.path()).await;
    let settings = disk.put_into(world.echo(folder.path()), None);
    let service = Service::listening(&settings).await.unwrap();
    patient.treat(&service).await;
    service.process().kill().await;
    let operations = disk.operations();
    assert!(operations > 50, "only {operations} operations seen");
    operations
}

async fn check(world: &World, point: Point) -> Taken {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::under(folder.path());
    let mut patient = Patient::new(world, folder.path()).await;
    let settings = disk.put_into(world.echo(folder.path()), Some(point.failure));
    // One that cannot even start has acknowledged nothing.
    if let Ok(service) = Service::listening(&settings).await {
        patient.treat(&service).await;
        match point.end {
            End::Repaired => {
                disk.repair();
                patient.recovers(&service).await;
                service.process().kill().await;
            }
            End::Killed => service.process().kill().await,
            End::Terminated => patient.ends(&service).await,
        }
    }
    disk.repair();
    let service = Service::listening(&world.echo(folder.path()))
        .await
        .unwrap();
    patient.is_well(&service, &format!("{point:?}")).await
}
