//! The results that were cut, until somebody asks for their next rows: bounded in number and size, forgotten after some idle
//! minutes, and each for the one who made the call. A handle is good for one page and can be used again as long as the
//! page after it was not asked for, so that a client which lost an answer loses no rows.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use futures::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use parking_lot::Mutex;

use super::{
    Room,
    handle::{Handle, Id},
    remainder::{Page, Remainder},
};
use crate::{
    arango,
    clock::{Clock, Random},
    config::DatabaseKey,
    tenancy::Principal,
};

/// How long a result is kept when nobody asks for it.
pub(super) const IDLE: Duration = Duration::from_mins(5);
/// How long the server keeps its part: longer, so that a handle which is good here is good there.
pub(super) const KEPT_ON_SERVER: Duration = Duration::from_mins(6);
/// How often results that nobody asks for are looked for.
const SWEEP: Duration = Duration::from_mins(1);
/// Results kept at once; the one that was not used for longest gives way.
pub(super) const MOST_RESULTS: usize = 256;
/// Bytes kept at once.
const MOST_BYTES: usize = 128 * 1024 * 1024;

/// A page that was taken, and what is left after it.
#[derive(Debug)]
pub(crate) struct Made {
    /// The page, or why there is none.
    pub(crate) page: Result<Page, arango::Error>,
    rest: Mutex<Option<Remainder>>,
}

/// A page somebody waits for. Whoever asks for it again gets the same.
type Making = Shared<BoxFuture<'static, Option<Arc<Made>>>>;

#[derive(Debug)]
struct Held {
    principal: Principal,
    database: DatabaseKey,
    /// Rows of a page, unless the call says another number.
    rows: u32,
    /// The page that was not asked for yet.
    next: u32,
    /// What is left while only the first page was shown.
    begun: Option<Remainder>,
    /// The page that was asked for last.
    making: Option<Making>,
    bytes: usize,
    used_millis: i64,
    /// Orders uses within a millisecond.
    used: u64,
}

#[derive(Debug, Default)]
struct Table {
    held: HashMap<Id, Held>,
    uses: u64,
    sweeping: bool,
}

/// The results of a server.
#[derive(Debug)]
pub(crate) struct Results {
    table: Mutex<Table>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Results {
    pub(crate) fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Arc<Self> {
        Arc::new(Self { table: Mutex::default(), clock, random })
    }

    /// Keeps a result; gives the handle of its second page. Nothing when it is too large to be kept.
    pub(super) fn hold(
        self: &Arc<Self>,
        principal: Principal,
        database: DatabaseKey,
        remainder: Remainder,
        rows: u32,
    ) -> Option<Handle> {
        let bytes = remainder.bytes();
        if bytes > MOST_BYTES {
            return None;
        }
        let handle = Handle::second(&*self.random);
        let held = Held {
            principal,
            database,
            rows,
            next: handle.page,
            begun: Some(remainder),
            making: None,
            bytes,
            used_millis: 0,
            used: 0,
        };
        let mut table = self.table.lock();
        table.held.insert(handle.id, held);
        self.tidy(&mut table, handle.id);
        Some(handle)
    }

    /// The database a handle's rows come from and the rows of a page, for the one it was given to.
    pub(crate) fn look_up(&self, handle: &Handle, principal: &Principal) -> Option<(DatabaseKey, u32)> {
        let mut table = self.table.lock();
        table.forget_idle(self.clock.now_millis());
        let held = table.held.get(&handle.id).filter(|held| held.principal == *principal)?;
        Some((held.database.clone(), held.rows))
    }

    /// The page a handle names, taken now or before, and the handle of the page after it. Nothing when the handle names no
    /// page (any more). The page is taken to its end even if the caller goes away, and is there when the caller comes back.
    pub(crate) async fn page(
        self: &Arc<Self>,
        handle: Handle,
        principal: &Principal,
        room: Room,
    ) -> Option<(Arc<Made>, Option<Handle>)> {
        let making = self.making(handle, principal, room)?;
        let made = making.await?;
        let bytes = made.page.as_ref().map_or(0, |page| page.text.len());
        let left = made.rest.lock().as_ref().map(Remainder::bytes);
        let mut table = self.table.lock();
        if let Some(held) = table.held.get_mut(&handle.id) {
            held.bytes = bytes + left.unwrap_or(0);
            self.tidy(&mut table, handle.id);
        }
        let more = made.page.as_ref().is_ok_and(|page| page.more);
        Some((made, more.then_some(Handle { page: handle.page.saturating_add(1), ..handle })))
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.table.lock().held.clear();
    }

    fn making(&self, handle: Handle, principal: &Principal, room: Room) -> Option<Making> {
        let mut table = self.table.lock();
        table.forget_idle(self.clock.now_millis());
        let held = table.held.get_mut(&handle.id).filter(|held| held.principal == *principal)?;
        if handle.page == held.next {
            return held.go_on(room);
        }
        held.making.clone().filter(|_| handle.page.checked_add(1) == Some(held.next))
    }

    /// Notes a use, and makes room for it.
    fn tidy(self: &Arc<Self>, table: &mut Table, id: Id) {
        table.uses += 1;
        let (uses, now) = (table.uses, self.clock.now_millis());
        if let Some(held) = table.held.get_mut(&id) {
            (held.used, held.used_millis) = (uses, now);
        }
        table.forget_idle(now);
        table.make_room();
        if !table.sweeping {
            table.sweeping = true;
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }
}

impl Held {
    /// Begins with the next page, if there is one.
    fn go_on(&mut self, room: Room) -> Option<Making> {
        let mut rest = match self.begun.take() {
            Some(rest) => rest,
            None => self.making.as_ref()?.peek()?.as_ref()?.rest.lock().take()?,
        };
        let task = tokio::spawn(async move {
            let page = rest.page(room).await;
            let more = page.as_ref().is_ok_and(|page| page.more);
            Arc::new(Made { page, rest: Mutex::new(more.then_some(rest)) })
        });
        let making = task.map(Result::ok).boxed().shared();
        self.making = Some(making.clone());
        self.next = self.next.saturating_add(1);
        Some(making)
    }
}

impl Table {
    fn forget_idle(&mut self, now: i64) {
        let oldest = now.saturating_sub(i64::try_from(IDLE.as_millis()).unwrap_or(i64::MAX));
        self.held.retain(|_, held| held.used_millis >= oldest);
    }

    fn make_room(&mut self) {
        let mut bytes: usize = self.held.values().map(|held| held.bytes).sum();
        while self.held.len() > MOST_RESULTS || bytes > MOST_BYTES {
            let Some((&id, _)) = self.held.iter().min_by_key(|(_, held)| held.used) else { return };
            bytes -= self.held.remove(&id).map_or(0, |held| held.bytes);
        }
    }
}

/// Looks for idle results from time to time, as long as there are any.
async fn sweep(results: Weak<Results>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let Some(results) = results.upgrade() else { return };
        let mut table = results.table.lock();
        table.forget_idle(results.clock.now_millis());
        if table.held.is_empty() {
            table.sweeping = false;
            return;
        }
    }
}
